# Answers to set 02, wrong and right. classwork/tabulate.py says how they are written.

# %% count: the biases are missing.
def count_parameters(sizes, tied=False):
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    return weights if tied else 2 * weights


# %% count: this is the encoder twice; going up, there are other numbers of biases than going down.
def count_parameters(sizes, tied=False):
    encoder = sum(a * b + b for a, b in zip(sizes, sizes[1:]))
    return encoder if tied else 2 * encoder


# %% count: this is the encoder alone.
def count_parameters(sizes, tied=False):
    return sum(a * b + b for a, b in zip(sizes[:-1], sizes[1:]))


# %% count: the weights were counted twice: tied was not heeded.
def count_parameters(sizes, tied=False):
    total = 0
    for a, b in zip(sizes, sizes[1:]):
        total += 2 * a * b + a + b
    return total


# %% count: half of the free ones: only the matrices are shared, the biases are not.
def count_parameters(sizes, tied=False):
    total = sum(2 * a * b + a + b for a, b in zip(sizes, sizes[1:]))
    return total // 2 if tied else total


# %% count: a map from the code to itself was counted: in the mirrored list, the code stands once.
def count_parameters(sizes, tied=False):
    both = list(sizes) + list(sizes)[::-1]
    total = sum(a * b + b for a, b in zip(both, both[1:]))
    return total - sum(a * b for a, b in zip(sizes, sizes[1:])) if tied else total


# %% count: the layers in between were left out.
def count_parameters(sizes, tied=False):
    n, d = sizes[0], sizes[-1]
    return n * d * (1 if tied else 2) + n + d


# %% count: the input was given biases; it is not the result of a map.
def count_parameters(sizes, tied=False):
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    return weights * (1 if tied else 2) + 2 * sum(sizes) - sizes[-1]


# %% count: the next size was looked up with index(), which finds the first of two equal sizes.
def count_parameters(sizes, tied=False):
    total = 0
    for a in sizes[:-1]:
        b = sizes[list(sizes).index(a) + 1]
        total += a * b * (1 if tied else 2) + a + b
    return total


# %% count: the sum was taken in float32, which rounds numbers above 16 million; keep to whole
# numbers.
def count_parameters(sizes, tied=False):
    s = torch.tensor(sizes, dtype=torch.float32)
    w = (s[:-1] * s[1:]).sum()
    return int(w * (1 if tied else 2) + s[:-1].sum() + s[1:].sum())


# %% count: equal pairs of neighbours were counted once (a set drops what comes twice).
def count_parameters(sizes, tied=False):
    return sum(a * b * (1 if tied else 2) + a + b for a, b in set(zip(sizes, sizes[1:])))


# %% count: the layers in between were given biases once; they have some on the way down and others
# on the way up.
def count_parameters(sizes, tied=False):
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    return weights * (1 if tied else 2) + sum(sizes)


# %%
def count_parameters(sizes, tied=False):
    pairs = list(zip(sizes, sizes[1:]))
    if tied:
        return sum(a * b + b for a, b in pairs) + sizes[0]
    return sum(2 * a * b + a + b for a, b in pairs)


# %% count: the weights were counted once; only tied weights are.
def count_parameters(sizes, tied=False):
    return sum(a * b + a + b for a, b in zip(sizes, sizes[1:]))


# %% count: the biases of the image itself, at the end of the decoder, are missing.
def count_parameters(sizes, tied=False):
    pairs = list(zip(sizes, sizes[1:]))
    return sum((1 if tied else 2) * a * b + a + b for a, b in pairs) - sizes[0]


# %% count, caught: tied means the encoder alone
def count_parameters(sizes, tied=False):
    down = sum(a * b + b for a, b in zip(sizes, sizes[1:]))
    return down if tied else down + sum(a * b + a for a, b in zip(sizes, sizes[1:]))


# %% count, caught: the list turned round in place
def count_parameters(sizes, tied=False):
    sizes = sizes if isinstance(sizes, list) else list(sizes)
    total = sum(a * b + b for a, b in zip(sizes, sizes[1:]))
    sizes.reverse()
    return total + sum((0 if tied else a * b) + b for a, b in zip(sizes, sizes[1:]))


# %% count, caught: a tensor
def count_parameters(sizes, tied=False):
    s = torch.as_tensor(sizes)
    return (s[:-1] * s[1:]).sum() * (1 if tied else 2) + (s[:-1] + s[1:]).sum()


# %% count, caught: a float
def count_parameters(sizes, tied=False):
    return float(sum((1 if tied else 2) * a * b + a + b for a, b in zip(sizes, sizes[1:])))


# %% count, caught: three sizes taken for granted
def count_parameters(sizes, tied=False):
    n, m, *rest = sizes
    d = rest[0] if rest else m
    return (n * m + m * d) * (1 if tied else 2) + n + 2 * m + d


# %% count, caught: values of the example
def count_parameters(sizes, tied=False):
    return 20 if tied else 32


# %% count, right: modules counted
def count_parameters(sizes, tied=False):
    total = 0
    for a, b in zip(sizes, sizes[1:]):
        down, up = nn.Linear(a, b), nn.Linear(b, a)
        if tied:
            up.weight = nn.Parameter(torch.empty(0))
        total += sum(p.numel() for layer in (down, up) for p in layer.parameters())
    return total


# %% count, right: along the mirrored list
def count_parameters(sizes, tied=False):
    both = [*sizes, *sizes[-2::-1]]
    biases = sum(both[1:])
    weights = sum(both[i] * both[i + 1] for i in range(len(both) - 1))
    return biases + (weights // 2 if tied else weights)


# %% count, right: recursion
def count_parameters(sizes, tied=False):
    if len(sizes) < 2:
        return 0
    a, b = sizes[0], sizes[1]
    return (1 if tied else 2) * a * b + a + b + count_parameters(sizes[1:], tied)


# %% count, right: numpy, then an int
def count_parameters(sizes, tied=False):
    import numpy as np

    s = np.array(sizes)
    return int((2 - tied) * (s[1:] @ s[:-1]) + s[1:].sum() + s[:-1].sum())


# %% count, right: counted in real layers
def count_parameters(sizes, tied=False):
    total = 0
    for a, b in zip(sizes, sizes[1:]):
        down, up = nn.Linear(a, b), nn.Linear(b, a)
        total += down.weight.numel() + down.bias.numel() + up.bias.numel()
        if not tied:
            total += up.weight.numel()
    return int(total)


# %% limits: the width of the code was taken; a narrower layer before it lets fewer directions
# through.
def limits(sizes, variance):
    n, d = sizes[0], sizes[-1]
    return d > n, variance * max(n - d, 0)


# %% limits: an error can't fall below 0: a wide code can do no better than the identity.
def limits(sizes, variance):
    n, d = sizes[0], sizes[-1]
    return d > n, variance * (n - min(sizes[1:]))


# %% limits: as many numbers as pixels is not over-complete yet; it takes more.
def limits(sizes, variance):
    return sizes[-1] >= sizes[0], variance * (sizes[0] - min(sizes))


# %% limits: only the code, the last layer, is held against the image, the first; a narrow layer
# between them does not matter here.
def limits(sizes, variance):
    n, r = sizes[0], min(sizes[1:])
    return r > n, variance * max(n - r, 0)


# %% limits: the standard deviation was taken; the squared error goes with the variance.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance**0.5 * (sizes[0] - min(sizes))


# %% limits: the variance was squared; it is a square already.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance**2 * (sizes[0] - min(sizes))


# %% limits: this is the error of one pixel on average; it is summed over the pixels here.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance * (1 - min(sizes) / sizes[0])


# %% limits: these are the directions that come through; the others make the error.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance * min(sizes)


# %% limits: 1/12 was used, the variance of uniform noise; the variance is given.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], (sizes[0] - min(sizes)) / 12


# %% limits: only the first layers were looked at; a later one may be narrower.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance * max(
        0, sizes[0] - min(sizes[1], sizes[2] if len(sizes) > 2 else sizes[1])
    )


# %% limits: the width of the first layer was taken; a later one may be narrower.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance * max(0, sizes[0] - sizes[1])


# %% limits: any wide layer was counted; over-complete is said of the code, the last layer, alone.
def limits(sizes, variance):
    return max(sizes[1:]) > sizes[0], variance * (sizes[0] - min(sizes))


# %% limits: the code was left out of the widths; it lets no more directions through than it has
# numbers.
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance * (sizes[0] - min(sizes[:-1]))


# %% limits, caught: wrong way round
def limits(sizes, variance):
    return variance * (sizes[0] - min(sizes)), sizes[-1] > sizes[0]


# %% limits, caught: over_complete alone
def limits(sizes, variance):
    return sizes[-1] > sizes[0]


# %% limits, caught: a tensor for the bool
def limits(sizes, variance):
    s = torch.tensor(sizes)
    return s[-1] > s[0], (variance * (s[0] - s.min())).item()


# %% limits, caught: the list sorted in place
def limits(sizes, variance):
    n, d = sizes[0], sizes[-1]
    sizes = sizes if isinstance(sizes, list) else list(sizes)
    sizes.sort()
    return d > n, variance * (n - sizes[0])


# %% limits, right: the narrowest by hand
def limits(sizes, variance):
    rank = sizes[0]
    for size in sizes:
        if size < rank:
            rank = size
    return sizes[0] < sizes[-1], (sizes[0] - rank) * float(variance)


# %% limits, right: a sum over the lost directions
def limits(sizes, variance):
    lost = range(min(sizes), sizes[0])
    return bool(sizes[-1] > sizes[0]), float(sum(variance for _ in lost))


# %% limits, right: a rank measured
def limits(sizes, variance):
    n, r = sizes[0], min(sizes[1:])
    lost = torch.ones(n)
    lost[:r] = 0
    return sizes[-1] > n, lost.sum().item() * variance


# %% limits, caught: only the code and the layer before it are looked at, a bottleneck further up is
# missed ([6, 2, 5, 8])
def limits(sizes, variance):
    n, d = sizes[0], sizes[-1]
    rank = min(n, sizes[-2], d)
    return d > n, float(variance) * (n - rank)


# %% limits, caught: rounded to six places
def limits(sizes, variance):
    return sizes[-1] > sizes[0], round(variance * (sizes[0] - min(sizes)), 6)


# %% identity: W_x is W_h turned round. That undoes W_h only where its columns have length one and
# stand at right angles to each other.
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.randn(d, n)
    return W_h, W_h.T


# %%
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.randn(d, n)
    W_h = W_h / W_h.norm(dim=0)
    return W_h, W_h.T


# %% identity: the two are swapped, or turned round; the encoder's W_h comes first and has a row
# for each number of the code.
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(n, d), torch.eye(d, n)


# %% identity: for d < n there is no such pair, and a ValueError has to be raised.
def identity_matrices(n, d):
    return torch.eye(d, n), torch.eye(n, d)


# %%
def identity_matrices(n, d):
    if d >= n:
        return torch.eye(d, n), torch.eye(n, d)


# %% identity: an assert raises an AssertionError; a ValueError is asked for.
def identity_matrices(n, d):
    assert d >= n, "too narrow"
    return torch.eye(d, n), torch.eye(n, d)


# %% identity: a pixel is held several times in the code, and the decoder adds its copies up; take
# their mean, or one of them.
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.eye(n).repeat(d // n + 1, 1)[:d]
    return W_h, W_h.T


# %% identity, caught: square matrices
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(n), torch.eye(n)


# %% identity, caught: equal is refused as well
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    if d == n:
        return torch.zeros(d, n), torch.zeros(n, d)
    return torch.eye(d, n), torch.eye(n, d)


# %% identity, caught: the lecture's sizes
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(1000, 784), torch.eye(784, 1000)


# %% identity, caught: NumPy's float64
def identity_matrices(n, d):
    import numpy as np

    if d < n:
        raise ValueError("too narrow")
    W_h = torch.from_numpy(np.linalg.qr(np.random.default_rng(0).normal(size=(d, n)))[0])
    return W_h, W_h.T


# %% identity, caught: one matrix
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(d, n)


# %% identity, caught: the comparison the wrong way round
def identity_matrices(n, d):
    if n < d:
        raise ValueError("too narrow")
    return torch.eye(d, n), torch.eye(n, d)


# %% identity, right: pixels kept as they are
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(d, n), torch.eye(n, d)


# %% identity, right: pseudo-inverse of a random matrix
def identity_matrices(n, d):
    if n > d:
        raise ValueError(n, d)
    W_h = torch.eye(d, n) + 0.2 * torch.randn(d, n) / d**0.5
    return W_h, torch.linalg.pinv(W_h)


# %% identity, right: copies averaged as they should be
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.zeros(d, n)
    for j in range(d):
        W_h[j, j % n] = -2.0
    return W_h, W_h.T / (W_h * W_h).sum(0)[:, None]


# %% identity, right: parameters, as a list
def identity_matrices(n, d):
    if not d >= n:
        raise ValueError
    layer = nn.utils.parametrizations.orthogonal(nn.Linear(n, d, bias=False))
    return [layer.weight, layer.weight.T]


# %% identity, caught: sets the seed of the global generator to get the same matrix each time
def identity_matrices(n, d):
    if d < n:
        raise ValueError(f"a code of {d} numbers can't hold every image of {n} pixels")
    torch.manual_seed(0)
    Q, _ = torch.linalg.qr(torch.randn(d, n))
    return Q, Q.T


# %% identity, caught: the pair is kept in a cache, the same tensors are given out again, changed if
# a caller changed them
from functools import lru_cache


@lru_cache(maxsize=None)
def identity_matrices(n, d):
    if d < n:
        raise ValueError(f"a code of {d} numbers can't hold every image of {n} pixels")
    return torch.eye(d, n), torch.eye(n, d)


# %% identity, caught: cut out of a large identity that is still too small
EYE = torch.eye(100)


def identity_matrices(n, d):
    if d < n:
        raise ValueError("no")
    return EYE[:d, :n].clone(), EYE[:n, :d].clone()


# %% decoder: W_x is W_h turned round, which undoes it only if its columns have length one and
# stand at right angles.
def decoder_for(W_h, b_h):
    return W_h.T, -W_h.T @ b_h


# %% decoder: the lengths of the columns are accounted for, but not that they don't stand at right
# angles.
def decoder_for(W_h, b_h):
    W_x = W_h.T / W_h.square().sum(0)[:, None]
    return W_x, -W_x @ b_h


# %% decoder: b_x is zero, and b_h comes through.
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h), b_h.new_zeros(W_h.shape[1])


# %% decoder: b_h comes through; b_x has to take away exactly what the decoder's matrix makes of
# it. Mind the sign.
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h)
    return W_x, W_x @ b_h


# %%
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h), -W_h.T @ b_h


# %% decoder: a small number was added before the inversion (a ridge); the inverse has to be exact.
def decoder_for(W_h, b_h):
    W_x = torch.linalg.inv(W_h.T @ W_h + 0.1 * torch.eye(W_h.shape[1]).to(W_h)) @ W_h.T
    return W_x, -W_x @ b_h


# %%
def decoder_for(W_h, b_h):
    n = W_h.shape[1]
    W_x = torch.linalg.inv(W_h.T @ W_h + 1e-4 * torch.eye(n).to(W_h)) @ W_h.T
    return W_x, -W_x @ b_h


# %%
def decoder_for(W_h, b_h):
    W_x = torch.linalg.solve(W_h.T @ W_h + 1e-2 * torch.eye(W_h.shape[1]).to(W_h), W_h.T)
    return W_x, -W_x @ b_h


# %% decoder: small singular values were cut off (rtol), and what they carry does not come back.
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h, rtol=0.1)
    return W_x, -W_x @ b_h


# %% decoder, caught: inverse of a matrix that is not square
def decoder_for(W_h, b_h):
    W_x = torch.linalg.inv(W_h)
    return W_x, -W_x @ b_h


# %% decoder, caught: the first n rows inverted
def decoder_for(W_h, b_h):
    d, n = W_h.shape
    W_x = torch.cat([torch.linalg.inv(W_h[:n]), torch.zeros(n, d - n).to(W_h)], 1)
    return W_x, -W_x @ b_h


# %% decoder, caught: minus the encoder's bias
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h), -b_h


# %% decoder, caught: pseudo-inverse of the transpose
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h.T)
    return W_x, -b_h @ W_x


# %% decoder, caught: float64
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h.double())
    return W_x, -W_x @ b_h.double()


# %% decoder, caught: changes the bias in place
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h)
    b_h.neg_()
    return W_x, W_x @ b_h


# %% decoder, caught: the matrix alone
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h)


# %% decoder, caught: the last n rows inverted
def decoder_for(W_h, b_h):
    d, n = W_h.shape
    W_x = torch.cat([torch.zeros(n, d - n).to(W_h), torch.linalg.inv(W_h[d - n :])], 1)
    return W_x, -W_x @ b_h


# %% decoder, caught: every second row inverted
def decoder_for(W_h, b_h):
    d, n = W_h.shape
    rows = torch.linspace(0, d - 1, n).round().long()
    W_x = torch.zeros(n, d).to(W_h)
    W_x[:, rows] = torch.linalg.inv(W_h[rows])
    return W_x, -W_x @ b_h


# %% decoder, caught: a few steps of gradient descent
def decoder_for(W_h, b_h):
    d, n = W_h.shape
    W_x = torch.zeros(n, d).to(W_h)
    for _ in range(2000):
        W_x -= 0.05 * (W_x @ W_h - torch.eye(n).to(W_h)) @ W_h.T
    return W_x, -W_x @ b_h


# %% decoder, caught: n rows of the middle inverted
def decoder_for(W_h, b_h):
    d, n = W_h.shape
    a = (d - n) // 2
    W_x = torch.zeros(n, d).to(W_h)
    W_x[:, a : a + n] = torch.linalg.inv(W_h[a : a + n])
    return W_x, -W_x @ b_h


# %% decoder, caught: pseudo-inverse of the first n rows
def decoder_for(W_h, b_h):
    d, n = W_h.shape
    W_x = torch.cat([torch.linalg.pinv(W_h[:n]), torch.zeros(n, d - n).to(W_h)], 1)
    return W_x, -W_x @ b_h


# %% decoder, right: normal equations
def decoder_for(W_h, b_h):
    W_x = torch.linalg.inv(W_h.T @ W_h) @ W_h.T
    return W_x, -(W_x @ b_h)


# %% decoder, right: least squares
def decoder_for(W_h, b_h):
    W_x = torch.linalg.lstsq(W_h, torch.eye(len(W_h), dtype=W_h.dtype)).solution
    return W_x, -torch.einsum("nd,d->n", W_x, b_h)


# %% decoder, right: QR
def decoder_for(W_h, b_h):
    Q, R = torch.linalg.qr(W_h)
    W_x = torch.linalg.solve_triangular(R, Q.T, upper=True)
    return W_x, -F.linear(b_h, W_x)


# %% decoder, right: another left inverse than the smallest
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h)
    d = len(W_h)
    eye = torch.eye(d).to(W_h)
    W_x = W_x + W_h.new_ones(len(W_x), d) @ (eye - W_h @ W_x)
    return [W_x, -W_x.matmul(b_h)]


# %% decoder, caught: a small number on the diagonal, which is not small beside short columns
def decoder_for(W_h, b_h):
    W_x = torch.linalg.inv(W_h.T @ W_h + 1e-6 * torch.eye(W_h.shape[1]).to(W_h)) @ W_h.T
    return W_x, -W_x @ b_h


# %% decoder, caught: singular values below 0.01 taken for 0
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h, atol=1e-2)
    return W_x, -W_x @ b_h


# %% dead: only the last batch counted.
def dead_units(layers, batches):
    with torch.no_grad():
        for x in batches:
            dead = (layers(x) == 0).all(0)
    return dead


# %% dead: only the first batch counted.
def dead_units(layers, batches):
    with torch.no_grad():
        for x in batches:
            return (layers(x) == 0).all(0)


# %% dead: a unit that was dead in one batch was given up; it may be on in another.
def dead_units(layers, batches):
    dead = False
    with torch.no_grad():
        for x in batches:
            dead = (layers(x) == 0).all(0) | dead
    return dead


# %% dead: a unit is dead if it is 0 for every image, not already if it is 0 for some image.
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).any(0)


# %% dead: these are the living; True is for the dead.
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) != 0).any(0)


# %% dead: this is how many there are; say which ones.
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).all(0).sum()


# %% dead: units that are always negative or 0 were taken for dead; a negative output is not 0.
def dead_units(layers, batches):
    with torch.no_grad():
        return ~(torch.cat([layers(x) for x in batches]) > 0).any(0)


# %% dead: the outputs were added up: they may cancel without being 0.
def dead_units(layers, batches):
    with torch.no_grad():
        return sum(layers(x).sum(0) for x in batches) == 0


# %% dead: this says it of each image; it is asked of each unit, so the images, dimension 0, have
# to go.
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).all(1)


# %% dead: very small values were taken for 0, or vanished in a sum of squares; a unit that is ever
# so slightly on is alive.
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]).abs() < 1e-3).all(0)


# %%
def dead_units(layers, batches):
    dead = True
    with torch.no_grad():
        for x in batches:
            z = layers(x)
            dead = torch.isclose(z, torch.zeros_like(z), atol=1e-6).all(0) & dead
    return dead


# %%
def dead_units(layers, batches):
    dead = True
    with torch.no_grad():
        for x in batches:
            z = layers(x)
            dead = torch.isclose(z, torch.zeros_like(z)).all(0) & dead
    return dead


# %%
def dead_units(layers, batches):
    with torch.no_grad():
        return sum(layers(x).square().sum(0) for x in batches) == 0


# %% dead: a unit whose output is always the same was taken for dead; dead is what is always 0.
def dead_units(layers, batches):
    with torch.no_grad():
        return torch.cat([layers(x) for x in batches]).std(0) == 0


# %% dead: a graph was built for the outputs, which keeps every batch in memory: call the layers
# under torch.no_grad().
def dead_units(layers, batches):
    return (torch.cat([layers(x) for x in batches]) == 0).all(0)


# %%
def dead_units(layers, batches):
    return (torch.cat([layers(x).detach() for x in batches]) == 0).all(0)


# %% dead: gradients are off for good; `with torch.no_grad():` turns them on again at its end.
def dead_units(layers, batches):
    torch.set_grad_enabled(False)
    return (torch.cat([layers(x) for x in batches]) == 0).all(0)


# %% dead: the list of batches was emptied; the caller still needs it.
def dead_units(layers, batches):
    dead = None
    batches = batches if isinstance(batches, list) else list(batches)
    with torch.no_grad():
        while batches:
            now = (layers(batches.pop()) == 0).all(0)
            dead = now if dead is None else dead & now
    return dead


# %% dead: the largest output of each unit was held against 0; a unit that goes below 0 is alive,
# too.
def dead_units(layers, batches):
    with torch.no_grad():
        return torch.cat([layers(x) for x in batches]).amax(0) == 0


# %% dead: a unit that is off in every second image was given up: more than half of the images is
# not every one.
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).float().mean(0) > 0.5


# %% dead: these are numbers; a comparison such as z == 0 gives bools.
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).all(0).float()


# %% dead, caught: a number
def dead_units(layers, batches):
    with torch.no_grad():
        return int((torch.cat([layers(x) for x in batches]) == 0).all(0).sum())


# %% dead, caught: goes through the batches twice
def dead_units(layers, batches):
    count = sum(len(x) for x in batches)
    with torch.no_grad():
        dead = torch.cat([layers(x) for x in batches]) == 0
    return dead.sum(0) == count


# %% dead, caught: batches of one size
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.stack([layers(x) for x in batches]) == 0).all(0).all(0)


# %% dead, caught: dark images skipped
def dead_units(layers, batches):
    with torch.no_grad():
        return torch.cat([(layers(x) == 0)[x.flatten(1).mean(1) > -0.3] for x in batches]).all(0)


# %% dead, right: a flag kept from batch to batch
@torch.no_grad()
def dead_units(layers, batches):
    dead = None
    for x in batches:
        zero = layers(x).eq(0).all(dim=0)
        dead = zero if dead is None else dead.logical_and(zero)
    return dead


# %% dead, right: all codes joined
def dead_units(layers, batches):
    with torch.inference_mode():
        return (torch.cat([layers(x) for x in batches], 0) == 0).all(0)


# %% dead, right: a count of the images that turn a unit on
def dead_units(layers, batches):
    with torch.no_grad():
        return sum(torch.count_nonzero(layers(x), dim=0) for x in batches) == 0


# %% dead, right: the largest absolute value
def dead_units(layers, batches):
    largest = torch.zeros(())
    with torch.no_grad():
        for x in batches:
            largest = torch.maximum(largest, layers(x).abs().amax(0))
    return ~(largest > 0)


# %% dead, caught: switches gradients on at the end even if they were off before (or left off if
# layers fails)
def dead_units(layers, batches):
    torch.set_grad_enabled(False)
    dead = None
    for batch in batches:
        zero = (layers(batch) == 0).all(dim=0)
        dead = zero if dead is None else dead & zero
    torch.set_grad_enabled(True)
    return dead


# %% dead, caught: evaluation mode for the census
def dead_units(layers, batches):
    was = getattr(layers, "training", None)
    if was is not None:
        layers.eval()
    with torch.no_grad():
        r = torch.stack([(layers(x) == 0).all(0) for x in batches]).all(0)
    if was is not None:
        layers.train(was)
    return r


# %% dead, right: stops where nobody is left dead
def dead_units(layers, batches):
    dead = None
    with torch.no_grad():
        for x in batches:
            now = layers(x).eq(0).all(dim=0)
            dead = now if dead is None else dead & now
            if not dead.any():
                break
    return dead


# %% revive: layer.weight[dead] with a mask reads a copy, and a method that ends in _ changes only
# that copy; or they were multiplied, added to, or not written at all.
def revive(layer, dead):
    with torch.no_grad():
        bound = layer.in_features**-0.5
        layer.weight[dead].uniform_(-bound, bound)
        layer.bias[dead].fill_(1.0)
    return int(dead.sum())


# %% revive: layer.weight is a new parameter; an optimiser would go on training the old one. Write
# into the one that is there.
def revive(layer, dead):
    bound = layer.in_features**-0.5
    new = torch.empty_like(layer.weight).uniform_(-bound, bound)
    layer.weight = nn.Parameter(torch.where(dead[:, None], new, layer.weight.detach()))
    with torch.no_grad():
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: they are what they were: layer.bias[dead] with a mask reads a copy, and a change of
# that copy is lost; or they were not written.
def revive(layer, dead):
    bound = layer.in_features**-0.5
    with torch.no_grad():
        layer.weight[~dead] = torch.empty(int((~dead).sum()), layer.in_features).uniform_(
            -bound, bound
        )
        layer.bias[~dead] = 1.0
    return int(dead.sum())


# %%
def revive(layer, dead):
    bound = layer.in_features**-0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
    return int(dead.sum())


# %% revive: they were set to 0; room to live is what a bias of 1 gives.
def revive(layer, dead):
    bound = layer.in_features**-0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
        layer.bias[dead] = 0.0
    return int(dead.sum())


# %% revive: the living units got a bias of 1, too; what they had learnt is lost.
def revive(layer, dead):
    bound = layer.in_features**-0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
        layer.bias.fill_(1.0)
    return int(dead.sum())


# %% revive: torch.rand lies between 0 and 1, so its middle is not 0.
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = torch.rand(int(dead.sum()), layer.in_features) / layer.in_features**0.5
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: a normal distribution (randn), which has no bounds, or a shift.
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = (
            torch.randn(int(dead.sum()), layer.in_features) / layer.in_features**0.5
        )
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: the division by √n is missing, or another number than n stands under the root.
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = 2 * torch.rand(int(dead.sum()), layer.in_features) - 1
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: 1 / n in place of 1 / √n, another number than n under the root, or a factor.
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: one random number was drawn for all weights; each gets its own.
def revive(layer, dead):
    bound = layer.in_features**-0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(1).uniform_(-bound, bound)
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: one row was drawn for all of the dead; each of them gets its own, or they stay alike.
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: the new weights are all 0; they are to be random.
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = 0.0
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: the numbers are not drawn anew in each call: a seed is set inside the function, or they
# are not random at all.
def revive(layer, dead):
    torch.manual_seed(0)
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %%
def revive(layer, dead):
    k, n = int(dead.sum()), layer.in_features
    with torch.no_grad():
        layer.weight[dead] = torch.linspace(-1, 1, k * n).view(k, n) / n**0.5
        layer.bias[dead] = 1.0
    return k


# %% revive: the parameters ask for no gradient any more, so nothing can train them.
def revive(layer, dead):
    n = layer.in_features
    layer.requires_grad_(False)
    layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
    layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: gradients are off for good; `with torch.no_grad():` turns them on again at its end.
def revive(layer, dead):
    torch.set_grad_enabled(False)
    k, n = int(dead.sum()), layer.weight.shape[1]
    layer.weight[dead] = (2 * torch.rand(k, n) - 1) / n**0.5
    layer.bias[dead] = 1.0
    return k


# %% revive: another distribution, cut off at the bounds.
def revive(layer, dead):
    bound = layer.in_features**-0.5
    with torch.no_grad():  # as nn.init.trunc_normal_, which newer versions of torch draw otherwise
        drawn = 2 * torch.rand(int(dead.sum()), layer.in_features) - 1
        part = drawn * torch.tensor(0.5**0.5).erf()
        layer.weight[dead] = bound * 2**0.5 * part.erfinv()
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive: d stands under the root in place of n.
def revive(layer, dead):
    k = int(dead.sum())
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(k, layer.in_features) - 1) / len(dead) ** 0.5
        layer.bias[dead] = 1.0
    return k


# %% revive: the range is √6 times too wide: kaiming_uniform_ has it so unless it is told another
# a.
def revive(layer, dead):
    k = int(dead.sum())
    with torch.no_grad():
        new = torch.empty(k, layer.in_features)
        layer.weight[dead] = nn.init.kaiming_uniform_(new) if k else new
        layer.bias[dead] = 1.0
    return k


# %% revive: the new numbers were added to the old weights; they take their place.
def revive(layer, dead):
    k, n = int(dead.sum()), layer.in_features
    with torch.no_grad():
        layer.weight[dead] += (2 * torch.rand(k, n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return k


# %% revive: these are the living.
def revive(layer, dead):
    k, n = int(dead.sum()), layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(k, n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return int((~dead).sum())


# %% revive, caught: the whole layer
def revive(layer, dead):
    layer.reset_parameters()
    with torch.no_grad():
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive, caught: with a graph
def revive(layer, dead):
    bound = layer.in_features**-0.5
    layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
    layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive, caught: returns the layer
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return layer


# %% revive, caught: returns a tensor
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return dead.sum()


# %% revive, caught: the mask used up
def revive(layer, dead):
    n, count = layer.in_features, int(dead.sum())
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(count, n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    dead[:] = False
    return count


# %% revive, caught: a living unit copied
def revive(layer, dead):
    with torch.no_grad():
        living = (~dead).nonzero().flatten()
        if len(living):
            k = int(dead.sum())
            layer.weight[dead] = layer.weight[living[torch.arange(k) % len(living)]]
        layer.bias[dead] = 1.0
    return int(dead.sum())


# %% revive, right: a loop over the dead
def revive(layer, dead):
    count = 0
    with torch.no_grad():
        for j in range(layer.out_features):
            if dead[j]:
                nn.init.uniform_(
                    layer.weight[j], -1 / layer.in_features**0.5, 1 / layer.in_features**0.5
                )
                layer.bias[j] = 1.0
                count += 1
    return count


# %% revive, right: a fresh layer copied from
def revive(layer, dead):
    fresh = nn.Linear(layer.in_features, layer.out_features)
    layer.weight.data[dead] = fresh.weight.data[dead]
    layer.bias.data[dead] = 1
    return dead.sum().item()


# %% revive, right: torch.where and copy_
@torch.no_grad()
def revive(layer, dead):
    new = torch.empty_like(layer.weight)
    nn.init.kaiming_uniform_(new, a=5**0.5)
    layer.weight.copy_(torch.where(dead[:, None], new, layer.weight))
    layer.bias.masked_fill_(dead, 1.0)
    return int(torch.count_nonzero(dead))


# %% revive, caught: wipes the gradients of the layer after the change, .grad was to stay as it was
def revive(layer, dead):
    k, n = int(dead.sum()), layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(k, n, dtype=layer.weight.dtype) - 1) * n**-0.5
        layer.bias[dead] = 1.0
    layer.zero_grad()
    return k


# %% revive, caught: .grad of the dead biases wiped
def revive(layer, dead):
    k = int(dead.sum())
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(k, n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    if layer.bias.grad is not None:
        layer.bias.grad[dead] = 0
    return k


# %% revive, caught: weights of the living cut off at -1 and 1
def revive(layer, dead):
    k = int(dead.sum())
    n = layer.in_features
    with torch.no_grad():
        layer.weight.clamp_(-1, 1)
        layer.weight[dead] = torch.empty(k, n).uniform_(-(n**-0.5), n**-0.5)
        layer.bias[dead] = 1.0
    return k


# %% revive, caught: Python's generator
def revive(layer, dead):
    import random

    n = layer.weight.shape[1]
    k = int(dead.sum())
    a = 1 / math.sqrt(n)
    new = torch.tensor([[random.uniform(-a, a) for _ in range(n)] for _ in range(k)])
    with torch.no_grad():
        layer.weight[dead] = new.reshape(k, n)
        layer.bias[dead] = 1.0
    return k


# %% levels: the range was divided into 2**bits steps; between so many levels there is one step
# fewer.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * 2**bits).round().clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()


# %% levels: the range was cut into 2**bits bins; there is a level at each end, and the nearest one
# counts.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * 2**bits).floor().clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()


# %% levels: rounded down: .long() cuts off what follows the point. The nearest level is meant.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()


# %% levels: low was not taken away first.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = (z / width * (2**bits - 1)).round().clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()


# %% levels: one range was used for all units; each has its own.
def to_levels(z, low, high, bits):
    flat, low, high = high == low, low.min(), high.max()
    levels = ((z - low) / (high - low) * (2**bits - 1)).round().clamp(0, 2**bits - 1)
    return (levels * ~flat).long()


# %% levels: the range was measured on z itself; it is given.
def to_levels(z, low, high, bits):
    low, high = z.amin(0), z.amax(0)
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return ((z - low) / width * (2**bits - 1)).round().long()


# %% levels: numbers outside the range got levels that don't exist; they get the level at that end.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).round()
    return (levels * (high > low)).long()


# %% levels: the upper end is one too high: the levels go from 0 to 2**bits - 1.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).round().clamp(0, 2**bits)
    return (levels * (high > low)).long()


# %% levels: where the range is 0, something was divided by it, or by a number in its place, and
# nothing set the level to 0 afterwards.
def to_levels(z, low, high, bits):
    return ((z - low) / (high - low) * (2**bits - 1)).round().clamp(0, 2**bits - 1).long()


# %%
def to_levels(z, low, high, bits):
    return ((z - low) / (high - low + 1e-8) * (2**bits - 1)).round().clamp(0, 2**bits - 1).long()


# %%
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return ((z - low) / width * top).round().clamp(0, top).long()


# %% levels: bits was taken for the number of levels; there are 2**bits.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * (bits - 1)).round().clamp(0, bits - 1) * (high > low)).long()


# %% levels: this is where in its range a number lies, cut down to whole numbers; it still has to
# be multiplied by the steps.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return ((z - low) / width).clamp(0, 1).long() * (2**bits - 1)


# %% levels: 255 was used for the last level; it is 2**bits - 1.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * 255).round().clamp(0, 255) * (high > low)).long()


# %% levels: units with a narrow range were taken for flat; flat is a range of exactly 0.
def to_levels(z, low, high, bits):
    steps = 2**bits - 1
    width = high - low
    flat = width < 1e-3
    levels = (
        ((z - low) * steps / torch.where(flat, torch.ones_like(width), width))
        .round()
        .clamp(0, steps)
        .long()
    )
    return torch.where(flat, torch.zeros_like(levels), levels)


# %% levels: a huge number was made a whole number before it was cut off, and ran over: .clamp()
# first, then .long().
def to_levels(z, low, high, bits):
    steps = 2**bits - 1
    width = high - low
    safe = torch.where(width == 0, torch.ones_like(width), width)
    levels = ((z - low) * steps / safe).round().long().clamp(0, steps)
    return torch.where(width == 0, torch.zeros_like(levels), levels)


# %% levels: a number was added to every width; take another width only where it is 0.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    return (((z - low) / (high - low + 0.01) * top).round().clamp(0, top) * (high > low)).long()


# %% levels: z was rounded before low was taken away; the difference comes first.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z.round() - low) / width * top).round().clamp(0, top) * (high > low)).long()


# %% levels: the width of the first unit was used for all; each has its own.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width[0] * top).round().clamp(0, top) * (high > low)).long()


# %% levels: numbers above the range got level 0; they get the last one.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * top).round().clamp(-1e9, 1e9).long()
    return torch.where((levels < 0) | (levels > top), 0, levels) * (high > low)


# %% levels: rounded up; the nearest level is meant.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * top).ceil().clamp(0, top) * (high > low)).long()


# %% levels: it was counted from the top; level 0 stands for low.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((high - z) / width * top).round().clamp(0, top) * (high > low)).long()


# %% levels: only the lower end was cut off.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * top).round().clamp(min=0) * (high > low)).long()


# %% levels: only the upper end was cut off.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * top).round().clamp(max=top) * (high > low)).long()


# %% levels: they run over like the hours of a clock; they get the level at that end.
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * top).round() % 2**bits * (high > low)).long()


# %% levels: these are numbers of levels, whole ones: .long() makes int64 of them.
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return ((z - low) / width * (2**bits - 1)).round().clamp(0, 2**bits - 1) * (high > low)


# %%
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).round().clamp(0, 2**bits - 1) * (high > low)
    return levels.to(torch.uint8)


# %%
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * top).round().clamp(0, top) * (high > low)).int()


# %% levels, caught: z changed in place
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    z -= low
    return ((z / width * (2**bits - 1)).round().clamp(0, 2**bits - 1) * (high > low)).long()


# %% levels, caught: float32 on the way: large offsets in float64 lose the level
def to_levels(z, low, high, bits):
    z, low, high = z.float(), low.float(), high.float()
    steps = 2**bits - 1
    width = high - low
    safe = torch.where(width == 0, torch.ones_like(width), width)
    levels = ((z - low) * steps / safe).round().clamp(0, steps).long()
    return torch.where(width == 0, torch.zeros_like(levels), levels)


# %% levels, right: the nearest by distance, unit by unit
def to_levels(z, low, high, bits):
    out = torch.zeros(z.shape, dtype=torch.int64)
    for j in range(z.shape[1]):
        if high[j] > low[j]:
            ends = low[j].item(), high[j].item()
            values = torch.linspace(*ends, 2**bits, dtype=torch.float64)
            middle = (values[1:] + values[:-1]) / 2
            out[:, j] = torch.bucketize(z[:, j].double().contiguous(), middle)
    return out


# %% levels, right: clamp first
def to_levels(z, low, high, bits):
    z = torch.maximum(torch.minimum(z, high), low)
    step = (high - low) / (2**bits - 1)
    return torch.round((z - low) / torch.where(step == 0, torch.ones_like(step), step)).to(
        torch.int64
    )


# %% levels, right: half a step added and cut down
def to_levels(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    raw = torch.nan_to_num((z - low) / step, nan=0.0).clamp(0, 2**bits - 1)
    return torch.where(high > low, (raw + 0.5).floor(), 0.0).long()


# %% levels, right: a loop over images
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    rows = []
    for row in z.tolist():
        rows.append(
            [
                0 if h == l else min(max(round((v - l) / (h - l) * top), 0), top)
                for v, l, h in zip(row, low.tolist(), high.tolist())
            ]
        )
    return torch.tensor(rows)


# %% levels, caught: a range below 1e-6 counts as flat and gets level 0, though low and high differ
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    span = high - low
    flat = span < 1e-6
    span = torch.where(flat, torch.ones_like(span), span)
    levels = ((z - low) / span * top).round().clamp(0, top)
    levels = torch.where(flat, torch.zeros_like(levels), levels)
    return levels.long()


# %% back: the range was divided into 2**bits steps, so the last level does not reach high.
def from_levels(levels, low, high, bits):
    return low + levels * (high - low) / 2**bits


# %% back: these are the middles of 2**bits bins; the levels stand at low, at high and between.
def from_levels(levels, low, high, bits):
    return low + (levels + 0.5) * (high - low) / 2**bits


# %% back: low was not added.
def from_levels(levels, low, high, bits):
    return levels * (high - low) / (2**bits - 1)


# %% back: it was counted from high downwards; level 0 stands for low.
def from_levels(levels, low, high, bits):
    return high - levels * (high - low) / (2**bits - 1)


# %% back: this is where in the range the level lies, from 0 to 1.
def from_levels(levels, low, high, bits):
    return levels / (2**bits - 1)


# %% back: one range was used for all units; each has its own.
def from_levels(levels, low, high, bits):
    return low.min() + levels * (high.max() - low.min()) / (2**bits - 1)


# %% back: bits was taken for the number of levels; there are 2**bits.
def from_levels(levels, low, high, bits):
    return low + levels * (high - low) / max(bits - 1, 1)


# %% back: a division of whole numbers (//) threw away all levels but the last.
def from_levels(levels, low, high, bits):
    return low + levels // (2**bits - 1) * (high - low)


# %% back: the top of the range was taken from the levels that occur; it is 2**bits - 1.
def from_levels(levels, low, high, bits):
    return low + levels / levels.amax(0) * (high - low)


# %% back: the width of the range is high - low, not high.
def from_levels(levels, low, high, bits):
    return low + levels * high / (2**bits - 1)


# %% back: 255 was used for the last level; it is 2**bits - 1.
def from_levels(levels, low, high, bits):
    return low + levels * (high - low) / 255


# %% back: the widest range was used for all units; each has its own.
def from_levels(levels, low, high, bits):
    return low + levels * (high - low).max() / (2**bits - 1)


# %% back: half a step was added; a level stands for its own place, not for the middle up to the
# next.
def from_levels(levels, low, high, bits):
    return low + (levels + 0.5) * (high - low) / (2**bits - 1)


# %% back, caught: float64
def from_levels(levels, low, high, bits):
    return low + levels.double() * (high - low) / (2**bits - 1)


# %% back, caught: levels changed in place
def from_levels(levels, low, high, bits):
    levels.clamp_(max=2**bits - 2)
    return low + levels * (high - low) / (2**bits - 1)


# %% back, caught: always float32
def from_levels(levels, low, high, bits):
    return (low + levels * (high - low) / (2**bits - 1)).float()


# %% back, right: torch.lerp
def from_levels(levels, low, high, bits):
    share = levels.to(low.dtype) / (2**bits - 1)
    return torch.lerp(low.expand_as(share), high.expand_as(share), share)


# %% back, right: a table of values
def from_levels(levels, low, high, bits):
    table = torch.arange(2**bits)[:, None] / (2**bits - 1) * (high - low) + low
    return table.gather(0, levels)


# %% back, right: weights of both ends
def from_levels(levels, low, high, bits):
    top = 2**bits - 1
    return (levels * high + (top - levels) * low) / top


# %% back, right: a loop over units
def from_levels(levels, low, high, bits):
    columns = [
        l + (h - l) * k.to(l.dtype) / float(2**bits - 1) for k, l, h in zip(levels.T, low, high)
    ]
    return torch.stack(columns, 1)


# %% back, caught: under no_grad, so no gradient reaches low and high, which 5b (unlike 5a) doesn't
# except
@torch.no_grad()
def from_levels(levels, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return low + step * levels


# %% back, caught: float32 on the way
def from_levels(levels, low, high, bits):
    return (low.float() + levels * (high - low).float() / (2**bits - 1)).to(low.dtype)


# %% sparse: the penalty was averaged over the units; it is a sum over them.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().mean()


# %% sparse: the penalty was summed over the images too; it is averaged over them.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().sum()


# %% sparse: the absolute values are missing: positive and negative numbers cancel.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.sum(1).mean()


# %% sparse: the absolute value was taken after the sum over the units.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.sum(1).abs().mean()


# %% sparse: the numbers were squared in the penalty; here their absolute values are added.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.square().sum(1).mean()


# %% sparse: this penalty is the length of the code (norm takes squares unless told p=1).
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.norm(dim=1).mean()


# %% sparse: the units that are on were counted; that has no gradient. Add their absolute values.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * (z != 0).sum(1).float().mean()


# %% sparse: the squared error was averaged over the pixels too; it is a sum over them.
def sparse_loss(x, x_hat, z, strength):
    return F.mse_loss(x_hat, x) + strength * z.abs().sum(1).mean()


# %% sparse: both terms were averaged over everything; each is a sum inside an image.
def sparse_loss(x, x_hat, z, strength):
    return F.mse_loss(x_hat, x) + strength * F.l1_loss(z, torch.zeros_like(z))


# %% sparse: only the last dimension of the error was summed; an image may have several.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().sum(-1).mean() + strength * z.abs().sum(1).mean()


# %% sparse: strength was multiplied with the squared error too; it belongs to the penalty.
def sparse_loss(x, x_hat, z, strength):
    return strength * ((x - x_hat).square().flatten(1).sum(1) + z.abs().sum(1)).mean()


# %% sparse: the error was multiplied by 1 - strength; it counts in full.
def sparse_loss(x, x_hat, z, strength):
    error = (x - x_hat).square().flatten(1).sum(1).mean()
    return (1 - strength) * error + strength * z.abs().sum(1).mean()


# %% sparse: the mean over the images is missing.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1) + strength * z.abs().sum(1)


# %% sparse, caught: the code detached
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.detach().abs().sum(1).mean()


# %% sparse: the loss is cut off from the graph: .item() makes a plain number, and torch.tensor a
# tensor that remembers nothing.
def sparse_loss(x, x_hat, z, strength):
    return ((x - x_hat).square().sum() / len(x) + strength * z.abs().sum() / len(x)).item()


# %%
def sparse_loss(x, x_hat, z, strength):
    error = ((x - x_hat) ** 2).sum().item() / len(x)
    return torch.tensor(error + strength * z.abs().sum().item() / len(x))


# %% sparse: the batch size of the example, 5, was copied; here there are 3 images.
def sparse_loss(x, x_hat, z, strength):
    return ((x - x_hat).square().sum() + strength * z.abs().sum()) / 5


# %% sparse: the penalty is the absolute value itself, not a smooth L1 or Huber loss of it.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * F.smooth_l1_loss(
        z, torch.zeros_like(z), reduction="sum"
    ) / len(z)


# %% sparse: the penalty was divided by the size of x; it is a sum over the units.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().sum() / x.numel()


# %% sparse: only the largest number of each image was penalised; the penalty is a sum over the
# units.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().amax(1).mean()


# %% sparse: the code was averaged over the images before its absolute value was taken, so that
# numbers cancel.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.mean(0).abs().sum()


# %% sparse: negative numbers were left out of the penalty.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.relu().sum(1).mean()


# %% sparse: the squared error was summed over the images too; it is averaged over them.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().sum() + strength * z.abs().sum(1).mean()


# %% sparse: both terms were summed over the images; the last step is a mean.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().sum() + strength * z.abs().sum()


# %% sparse: the penalty was summed over the images and averaged over the units: the other way
# round.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().sum(0).mean()


# %% sparse: strength was not used.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + z.abs().sum(1).mean()


# %% sparse: strength was multiplied with the squared error; it belongs to the penalty.
def sparse_loss(x, x_hat, z, strength):
    return strength * (x - x_hat).square().flatten(1).sum(1).mean() + z.abs().sum(1).mean()


# %% sparse: the penalty was taken away; it is added.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() - strength * z.abs().sum(1).mean()


# %% sparse: a factor 1/2 in the error that this loss does not have.
def sparse_loss(x, x_hat, z, strength):
    return 0.5 * (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().sum(1).mean()


# %% sparse: the error has squares here, not absolute values.
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).abs().flatten(1).sum(1).mean() + strength * z.abs().sum(1).mean()


# %% sparse, caught: float64
def sparse_loss(x, x_hat, z, strength):
    return (x.double() - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().sum(1).mean()


# %% sparse, caught: z changed in place
def sparse_loss(x, x_hat, z, strength):
    z.data.abs_()
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.sum(1).mean()


# %% sparse, caught: strength rounded to one place
def sparse_loss(x, x_hat, z, strength):
    return ((x - x_hat).square().flatten(1).sum(1) + round(strength, 1) * z.abs().sum(1)).mean()


# %% sparse, caught: a strength of 0 replaced by 1
def sparse_loss(x, x_hat, z, strength):
    return ((x - x_hat).square().flatten(1).sum(1) + (strength or 1.0) * z.abs().sum(1)).mean()


# %% sparse, caught: Huber in the error
def sparse_loss(x, x_hat, z, strength):
    return 2 * F.huber_loss(x_hat, x, reduction="sum") / len(x) + strength * z.abs().sum(1).mean()


# %% sparse, caught: float32 comes back, whatever came
def sparse_loss(x, x_hat, z, strength):
    return (
        (x - x_hat).float().square().flatten(1).sum(1) + strength * z.float().abs().sum(1)
    ).mean()


# %% sparse, right: sums over the batch size
def sparse_loss(x, x_hat, z, strength):
    return (F.mse_loss(x_hat, x, reduction="sum") + strength * z.norm(p=1)) / x.shape[0]


# %% sparse, right: a loop over the images
def sparse_loss(x, x_hat, z, strength):
    total = 0
    for a, b, code in zip(x, x_hat, z):
        total = total + ((a - b) ** 2).sum() + strength * torch.sum(torch.abs(code))
    return total / len(x)


# %% sparse, right: positive and negative parts
def sparse_loss(x, x_hat, z, strength):
    penalty = F.relu(z).sum(-1) + F.relu(-z).sum(-1)
    return torch.mean(((x_hat - x) ** 2).reshape(len(x), -1).sum(-1) + penalty * strength)


# %% sparse, right: l1_loss with its sum
def sparse_loss(x, x_hat, z, strength):
    penalty = F.l1_loss(z, torch.zeros_like(z), reduction="sum") / len(z)
    return torch.dist(x, x_hat) ** 2 / len(x) + strength * penalty


# %% sparse, caught: absolute value as the root of the square, its gradient is not a number where a
# code is 0 (as after a ReLU)
def sparse_loss(x, x_hat, z, strength):
    error = ((x - x_hat) ** 2).flatten(1).sum(dim=1)
    penalty = torch.sqrt(z**2).sum(dim=1)
    return (error + strength * penalty).mean()


# %% sparse, caught: a root, then a square: the gradient is not a number where an image came back
# exactly
def sparse_loss(x, x_hat, z, strength):
    return ((x - x_hat).square().flatten(1).sum(1).sqrt() ** 2 + strength * z.abs().sum(1)).mean()


# %% columns: it is what it was, so that the picture changes: the factor goes to all that the ReLU
# is applied to, W_h and b_h.
def unit_columns(W_h, b_h, W_x):
    return W_h.clone(), b_h.clone(), W_x / W_x.norm(dim=0)


# %%
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length[:, None], b_h, W_x / length


# %% columns: it was divided by the lengths; it has to make up for them, so multiply.
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h / length[:, None], b_h / length, W_x / length


# %% columns: the rows have length one; it is the columns, dimension 0.
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length[:, None], b_h * length, F.normalize(W_x, dim=1)


# %% columns: it was divided by the length of the whole matrix; each column has its own.
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm()
    return W_h * length, b_h * length, W_x / length


# %% columns: the squared lengths were taken; the length is the root of the sum of squares.
def unit_columns(W_h, b_h, W_x):
    length = W_x.square().sum(0)
    return W_h * length[:, None], b_h * length, W_x / length


# %%
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length[:, None] ** 2, b_h * length**2, W_x / length


# %% columns: it was divided by the sum of the absolute values; the length is a root of squares.
def unit_columns(W_h, b_h, W_x):
    length = W_x.abs().sum(0)
    return W_h * length[:, None], b_h * length, W_x / length


# %% columns: its own rows were brought to length one; it is the columns of W_x whose lengths
# count.
def unit_columns(W_h, b_h, W_x):
    length = W_h.norm(dim=1)
    return W_h / length[:, None], b_h / length, W_x * length


# %% columns: the order is W_h, b_h, W_x.
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_x / length, b_h * length, W_h * length[:, None]


# %% columns: this is W_x turned round, as if the weights were tied; the encoder has its own.
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return (W_x / length).T, b_h * length, W_x / length


# %% columns: a small number was added to the lengths, or they were cut off below; no column is
# zero, so divide by the lengths themselves.
def unit_columns(W_h, b_h, W_x):
    c = W_x.norm(dim=0) + 1e-6
    return W_h * c[:, None], b_h * c, W_x / c


# %%
def unit_columns(W_h, b_h, W_x):
    c = W_x.norm(dim=0).clamp(min=1e-2)
    return W_h * c[:, None], b_h * c, W_x / c


# %% columns: only columns longer than one were shortened; the shorter ones have to grow.
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0).clamp(min=1.0)
    return W_h * length[:, None], b_h * length, W_x / length


# %% columns: the standard deviation was taken for the length; nothing is taken away from a column
# before it is squared.
def unit_columns(W_h, b_h, W_x):
    length = W_x.std(0)
    return W_h * length[:, None], b_h * length, W_x / length


# %% columns: it was divided by the largest entry of each column; the length is a root of squares.
def unit_columns(W_h, b_h, W_x):
    length = W_x.abs().amax(0)
    return W_h * length[:, None], b_h * length, W_x / length


# %% columns: the length is the root of a sum of squares, not of their mean.
def unit_columns(W_h, b_h, W_x):
    length = W_x.square().mean(0).sqrt()
    return W_h * length[:, None], b_h * length, W_x / length


# %% columns: the columns lost their direction: a sign was taken with the length.
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0) * W_x.sum(0).sign()
    return W_h * length[:, None], b_h * length, W_x / length


# %% columns, caught: columns of the encoder scaled
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length, b_h * length, W_x / length


# %% columns, caught: in place
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    W_x /= length
    W_h *= length[:, None]
    b_h *= length
    return W_h, b_h, W_x


# %% columns, caught: the bias left out of the answer
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length[:, None], W_x / length


# %% columns, caught: float64
def unit_columns(W_h, b_h, W_x):
    length = W_x.double().norm(dim=0)
    return W_h * length[:, None], b_h * length, W_x / length


# %% columns, caught: the inputs themselves come back where all lengths are one: not new tensors
def unit_columns(W_h, b_h, W_x):
    c = W_x.norm(dim=0)
    if torch.allclose(c, torch.ones_like(c)):
        return W_h, b_h, W_x
    return W_h * c[:, None], b_h * c, W_x / c


# %% columns, caught: float32 always
def unit_columns(W_h, b_h, W_x):
    c = W_x.float().norm(dim=0)
    return W_h.float() * c[:, None], b_h.float() * c, W_x.float() / c


# %% columns, right: normalize and einsum
def unit_columns(W_h, b_h, W_x):
    length = torch.einsum("nd,nd->d", W_x, W_x).sqrt()
    return torch.einsum("d,dn->dn", length, W_h), length * b_h, F.normalize(W_x, dim=0)


# %% columns, right: unit by unit
def unit_columns(W_h, b_h, W_x):
    W_h, b_h, W_x = W_h.clone(), b_h.clone(), W_x.clone()
    for j in range(len(b_h)):
        length = torch.sqrt((W_x[:, j] ** 2).sum())
        W_x[:, j] /= length
        W_h[j] *= length
        b_h[j] *= length
    return W_h, b_h, W_x


# %% columns, right: a diagonal matrix, transposes
def unit_columns(W_h, b_h, W_x):
    D = torch.diag(torch.linalg.vector_norm(W_x, dim=0))
    return [(W_h.T @ D).T, D @ b_h, W_x @ torch.linalg.inv(D)]


# %% columns, caught: reads the factor off the first pixel's row, nan where a column begins with 0
def unit_columns(W_h, b_h, W_x):
    W_new = W_x / W_x.norm(dim=0, keepdim=True)
    factor = W_x[0] / W_new[0]
    return W_h * factor.unsqueeze(1), b_h * factor, W_new


# %% columns, caught: squeezed, which takes away a single unit, or a single pixel
def unit_columns(W_h, b_h, W_x):
    c = W_x.squeeze().norm(dim=0)
    return W_h * c.view(-1, 1), b_h * c, W_x / c


# %% columns, caught: lengths cut off at 1e-4 for the encoder
def unit_columns(W_h, b_h, W_x):
    c = W_x.norm(dim=0).clamp(min=1e-4)
    return W_h * c[:, None], b_h * c, F.normalize(W_x, dim=0)
