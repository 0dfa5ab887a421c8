"""Errors on held-out images, how real drawn ones are, and the best linear rivals.

The errors here sum over the pixels of an image and then average over images, as the losses of the
lectures do. They depend on the range of the pixels: on (-1, 1) they are four times those on (0, 1).
"""

from __future__ import annotations

import torch
from IPython.display import display
from sklearn.decomposition import PCA as SklearnPCA
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from utils import data, tables


def squared_error(x: Tensor, x_hat: Tensor) -> Tensor:
    """Squared error per image, summed over its pixels.

    Args:
        x, x_hat: (N, …), the same shape; images and their reconstructions.

    Returns:
        (N,), the errors, in squared units of the pixels.

    Raises:
        ValueError: the shapes differ. (Broadcasting would give a number, and a wrong one.)
    """
    if x.shape != x_hat.shape:
        raise ValueError(
            f"x has shape {tuple(x.shape)} and x_hat {tuple(x_hat.shape)}; they must be equal."
        )
    return (x - x_hat).square().flatten(1).sum(1)


def psnr(x: Tensor, x_hat: Tensor, value_range: tuple[float, float] = (0.0, 1.0)) -> Tensor:
    """Peak signal-to-noise ratio per image, in dB: 10 log10((high - low)² / mean squared error).

    Args:
        x, x_hat: (N, …), the same shape.
        value_range: (low, high) of the pixels.

    Returns:
        (N,), in dB; inf where an image is reproduced exactly.

    Raises:
        ValueError: the shapes differ.
    """
    low, high = value_range
    mean_squared = squared_error(x, x_hat) / x[0].numel()
    return 10 * torch.log10((high - low) ** 2 / mean_squared)


@torch.no_grad()
def frechet_distance(a: Tensor, b: Tensor) -> float:
    """How far two clouds of points lie apart, if each is taken for a normal distribution.

    |m_a - m_b|² + tr(C_a + C_b - 2 (C_a C_b)^½), with the clouds' means m and covariances C
    (Dowson and Landau, 1982). Of features of real and of drawn images this is the FID of Heusel and
    others (2017). It depends on the features, and a little on the number of points: compare only
    values that were got alike.

    Args:
        a, b: (N, n) and (M, n), a point a row, N and M at least 2.

    Returns:
        The distance, 0 or more; it is a squared length.

    Raises:
        ValueError: the points have different numbers of coordinates, or there is only one.
    """
    if a.shape[1:] != b.shape[1:] or min(len(a), len(b)) < 2:
        raise ValueError(
            f"Two sets of at least two points, (N, n) and (M, n); got {tuple(a.shape)} and "
            f"{tuple(b.shape)}."
        )
    a, b = a.double(), b.double()
    c, d = torch.cov(a.T).view(a.shape[1], -1), torch.cov(b.T).view(b.shape[1], -1)
    # C_a C_b has the eigenvalues of a symmetric matrix without negative ones, up to rounding.
    root = torch.linalg.eigvals(c @ d).real.clamp(min=0).sqrt().sum()
    distance = (a.mean(0) - b.mean(0)).square().sum() + c.trace() + d.trace() - 2 * root
    return max(distance.item(), 0.0)


@torch.no_grad()
def reconstruct(model: nn.Module, images: Tensor, batch_size: int = 1000) -> Tensor:
    """What a model makes of images, in evaluation mode, on the model's device; returned on the CPU.

    Args:
        model: maps (B, …) to reconstructions with as many values an image.
        images: (N, …).

    Returns:
        The reconstructions, in the shape of ``images``.
    """
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    parts = [model(part.to(device)).cpu() for part in images.split(batch_size)]
    model.train(was_training)
    return torch.cat(parts).view_as(images)


def held_out_error(model: nn.Module, dataset: TensorDataset) -> float:
    """The mean squared error per image (summed over pixels) of a model's reconstructions."""
    images = dataset.tensors[0]
    return squared_error(images, reconstruct(model, images)).mean().item()


class PCA:
    """Exact principal component analysis of a set of images: the best linear autoencoder.

    No linear map of an image to k numbers and back has a smaller squared error on the images that
    it was fitted to (Eckart and Young, 1936). One fit serves every k.

    Attributes:
        mean: (n,), the mean image.
        axes: (n, n), the principal axes as rows, the largest variance first.
        variances: (n,), the variance along each axis, falling.
    """

    def __init__(self, images: Tensor) -> None:
        """Fit to images (N, …), flattened to (N, n), with N >= n."""
        fitted = SklearnPCA(svd_solver="covariance_eigh").fit(images.flatten(1).double().numpy())
        self.mean = torch.from_numpy(fitted.mean_).float()
        self.axes = torch.from_numpy(fitted.components_).float()
        self.variances = torch.from_numpy(fitted.explained_variance_).float()

    def encode(self, images: Tensor, k: int) -> Tensor:
        """The first k coordinates of images (N, …): (N, k). ValueError unless 1 <= k <= n."""
        if not 1 <= k <= len(self.axes):
            raise ValueError(f"k lies between 1 and {len(self.axes)}; got {k}.")
        return (images.flatten(1) - self.mean) @ self.axes[:k].T

    def decode(self, codes: Tensor) -> Tensor:
        """Codes (N, k) back to flat images (N, n)."""
        return codes @ self.axes[: codes.shape[1]] + self.mean

    def reconstruct(self, images: Tensor, k: int) -> Tensor:
        """Images (N, …) through k numbers and back, in their own shape."""
        return self.decode(self.encode(images, k)).view_as(images)


@torch.no_grad()
def affine_map(x: Tensor, y: Tensor, ridge: float = 0.0) -> nn.Linear:
    """The affine map W x + b that comes nearest to y, in the sum of squared errors.

    Solved exactly, by the normal equations, in double precision whatever the inputs are: in single
    precision, ``torch.linalg.lstsq`` takes small but real directions of the inputs for rounding,
    or the other way round. Directions in which the inputs do not vary at all (a pixel that is
    always black, columns that always sum to 1) get no weight, as in the shortest W.

    Args:
        x: (N, …), flattened to (N, n).
        y: (N, …), flattened to (N, m).
        ridge: what each squared entry of W costs, beside the squared errors, which are summed over
            all N; b is free. 0: nothing.

    Returns:
        A layer that is not to be trained any further, (B, n) -> (B, m): its ``weight`` W is (m, n),
        its ``bias`` b (m,), float32.

    Raises:
        ValueError: x and y are not of the same length, or the ridge is negative.
    """
    if len(x) != len(y):
        raise ValueError(f"x and y belong together row by row; got {len(x)} and {len(y)} rows.")
    if ridge < 0:
        raise ValueError(f"ridge is at least 0; got {ridge:g}.")
    x, y = x.flatten(1).double(), y.flatten(1).double()
    x_mean, y_mean = x.mean(0), y.mean(0)
    x = x - x_mean
    spread, axes = torch.linalg.eigh(x.T @ x)  # (n,), rising, and (n, n), as columns
    # Rounding leaves about 1e-16 of the largest spread; that of the rarest pixel of MNIST is 1e-10.
    varied = spread > 1e-12 * spread[-1]
    spread, axes = spread[varied], axes[:, varied]
    weight = (y.T @ x @ axes / (spread + ridge)) @ axes.T
    # Not nn.Linear(n, m): that would draw its first weights from the global random numbers.
    layer = nn.utils.skip_init(nn.Linear, x.shape[1], y.shape[1], device=x.device)
    layer.weight.copy_(weight)
    layer.bias.copy_(y_mean - weight @ x_mean)
    return layer.requires_grad_(False)


def beside_pca(
    reconstructions: dict[str, Tensor], test: data.ImageSet, pca: PCA, code_size: int
) -> dict[str, float]:
    """Show errors on test images beside the two references: PCA and the mean image.

    Args:
        reconstructions: name -> x_hat, each in the shape of ``test.images``.
        test: the held-out images.
        pca: fitted to the *training* images, in the same range of values.
        code_size: how many numbers PCA may keep, the size of the autoencoders' code.

    Returns:
        name -> mean squared error per image, the references first.
    """
    x = test.images
    rows = {
        "mean image": pca.mean.view_as(x[:1]).expand_as(x),
        f"PCA, {code_size} numbers": pca.reconstruct(x, code_size),
        **reconstructions,
    }
    errors = {name: squared_error(x, x_hat).mean().item() for name, x_hat in rows.items()}
    best_linear = errors[f"PCA, {code_size} numbers"]
    low, high = test.value_range
    display(
        tables.table(
            {name: {"error": e, "of PCA's": e / best_linear} for name, e in errors.items()},
            f"Squared error per image on {len(x):,} test images of {test.title}, pixels in "
            f"({low:g}, {high:g})",
            {"error": "{:.2f}", "of PCA's": "{:.1%}"},
            best={"error": "low"},
        )
    )
    return errors
