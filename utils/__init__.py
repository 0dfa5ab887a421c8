"""What the notebooks need and do not teach: data, figures, a training loop, measures, checks.

``data``         MNIST and Fashion-MNIST in memory, as one call
``places``       where the files of the two sets lie
``standin``      drawn images for a machine that has neither the sets nor a network
``cartoon``      colour faces, each drawn from a dozen known factors
``faces``        sets of such faces with captions, and CelebA in the same form
``training``     the training loop of lecture 01, once the reader has built it
``checkpoints``  weights of models that were trained for longer than a lecture can
``classifier``   judges of what is drawn: which digit is it, if it is one; what shows this face?
``metrics``      errors on held-out images, and PCA as the standing reference
``plotting``     image grids, reconstructions, learning curves
``tables``       tables of measured values, the best in bold
``checks``       comparisons of tensors that explain the difference, for the exercises
``progress``     which tasks of an exercise set pass
``environment``  is everything installed, and does it fit together?
"""

import io
import sys

# A console or file in an encoding of few letters (Windows' cp1252, ASCII) gets a ? for each other.
if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="replace")
