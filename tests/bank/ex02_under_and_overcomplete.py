# Answers to set 02 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex02-count | wrong | no biases | biases are missing
def count_parameters(sizes, tied=False):
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    return weights if tied else 2 * weights

# %% ex02-count | wrong | the encoder twice | this is the encoder twice
def count_parameters(sizes, tied=False):
    encoder = sum(a * b + b for a, b in zip(sizes, sizes[1:]))
    return encoder if tied else 2 * encoder

# %% ex02-count | wrong | the encoder alone | encoder alone
def count_parameters(sizes, tied=False):
    return sum(a * b + b for a, b in zip(sizes[:-1], sizes[1:]))

# %% ex02-count | wrong | tied not heeded | tied was not heeded
def count_parameters(sizes, tied=False):
    total = 0
    for a, b in zip(sizes, sizes[1:]):
        total += 2 * a * b + a + b
    return total

# %% ex02-count | wrong | tied is half of free | only the matrices are shared
def count_parameters(sizes, tied=False):
    total = sum(2 * a * b + a + b for a, b in zip(sizes, sizes[1:]))
    return total // 2 if tied else total

# %% ex02-count | wrong | the list turned round in place | The list that was given was changed
def count_parameters(sizes, tied=False):
    sizes = sizes if isinstance(sizes, list) else list(sizes)
    total = sum(a * b + b for a, b in zip(sizes, sizes[1:]))
    sizes.reverse()
    return total + sum((0 if tied else a * b) + b for a, b in zip(sizes, sizes[1:]))

# %% ex02-count | wrong | the code twice in the mirrored list | the code stands once
def count_parameters(sizes, tied=False):
    both = list(sizes) + list(sizes)[::-1]
    total = sum(a * b + b for a, b in zip(both, both[1:]))
    return total - sum(a * b for a, b in zip(sizes, sizes[1:])) if tied else total

# %% ex02-count | wrong | first and last size only | layers in between
def count_parameters(sizes, tied=False):
    n, d = sizes[0], sizes[-1]
    return n * d * (1 if tied else 2) + n + d

# %% ex02-count | wrong | a bias for every layer, the input included | the input was given biases
def count_parameters(sizes, tied=False):
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    return weights * (1 if tied else 2) + 2 * sum(sizes) - sizes[-1]

# %% ex02-count | wrong | a tensor | plain Python number
def count_parameters(sizes, tied=False):
    s = torch.as_tensor(sizes)
    return (s[:-1] * s[1:]).sum() * (1 if tied else 2) + (s[:-1] + s[1:]).sum()

# %% ex02-count | wrong | a float | an int is expected
def count_parameters(sizes, tied=False):
    return float(sum((1 if tied else 2) * a * b + a + b for a, b in zip(sizes, sizes[1:])))

# %% ex02-count | wrong | three sizes taken for granted | parameters for the sizes
def count_parameters(sizes, tied=False):
    n, m, *rest = sizes
    d = rest[0] if rest else m
    return (n * m + m * d) * (1 if tied else 2) + n + 2 * m + d

# %% ex02-count | wrong | values of the example | parameters of 7
def count_parameters(sizes, tied=False):
    return 20 if tied else 32

# %% ex02-count | right | modules counted
def count_parameters(sizes, tied=False):
    total = 0
    for a, b in zip(sizes, sizes[1:]):
        down, up = nn.Linear(a, b), nn.Linear(b, a)
        if tied:
            up.weight = nn.Parameter(torch.empty(0))
        total += sum(p.numel() for layer in (down, up) for p in layer.parameters())
    return total

# %% ex02-count | right | along the mirrored list
def count_parameters(sizes, tied=False):
    both = [*sizes, *sizes[-2::-1]]
    biases = sum(both[1:])
    weights = sum(both[i] * both[i + 1] for i in range(len(both) - 1))
    return biases + (weights // 2 if tied else weights)

# %% ex02-count | right | recursion
def count_parameters(sizes, tied=False):
    if len(sizes) < 2:
        return 0
    a, b = sizes[0], sizes[1]
    return (1 if tied else 2) * a * b + a + b + count_parameters(sizes[1:], tied)

# %% ex02-count | right | numpy, then an int
def count_parameters(sizes, tied=False):
    import numpy as np
    s = np.array(sizes)
    return int((2 - tied) * (s[1:] @ s[:-1]) + s[1:].sum() + s[:-1].sum())

# %% ex02-limits | wrong | the width of the code | the width of the code was taken
def limits(sizes, variance):
    n, d = sizes[0], sizes[-1]
    return d >= n, variance * max(n - d, 0)

# %% ex02-limits | wrong | negative | can't fall below 0
def limits(sizes, variance):
    n, d = sizes[0], sizes[-1]
    return d >= n, variance * (n - min(sizes[1:]))

# %% ex02-limits | wrong | strictly more | as many as pixels
def limits(sizes, variance):
    return sizes[-1] > sizes[0], variance * (sizes[0] - min(sizes))

# %% ex02-limits | wrong | over-complete by the narrowest | the code is the last layer
def limits(sizes, variance):
    n, r = sizes[0], min(sizes)
    return r >= n, variance * (n - r)

# %% ex02-limits | wrong | the standard deviation | standard deviation
def limits(sizes, variance):
    return sizes[-1] >= sizes[0], variance**0.5 * (sizes[0] - min(sizes))

# %% ex02-limits | wrong | the variance squared | squared
def limits(sizes, variance):
    return sizes[-1] >= sizes[0], variance**2 * (sizes[0] - min(sizes))

# %% ex02-limits | wrong | a mean over pixels | one pixel on average
def limits(sizes, variance):
    return sizes[-1] >= sizes[0], variance * (1 - min(sizes) / sizes[0])

# %% ex02-limits | wrong | what comes through | come through
def limits(sizes, variance):
    return sizes[-1] >= sizes[0], variance * min(sizes)

# %% ex02-limits | wrong | wrong way round | the first of the pair
def limits(sizes, variance):
    return variance * (sizes[0] - min(sizes)), sizes[-1] >= sizes[0]

# %% ex02-limits | wrong | over_complete alone | The pair
def limits(sizes, variance):
    return sizes[-1] >= sizes[0]

# %% ex02-limits | wrong | a tensor for the bool | True or False
def limits(sizes, variance):
    s = torch.tensor(sizes)
    return s[-1] >= s[0], (variance * (s[0] - s.min())).item()

# %% ex02-limits | wrong | the variance of uniform noise, from the lecture | 1/12 was used
def limits(sizes, variance):
    return sizes[-1] >= sizes[0], (sizes[0] - min(sizes)) / 12

# %% ex02-limits | right | the narrowest by hand
def limits(sizes, variance):
    rank = sizes[0]
    for size in sizes:
        if size < rank:
            rank = size
    return not sizes[-1] < sizes[0], (sizes[0] - rank) * float(variance)

# %% ex02-limits | right | a sum over the lost directions
def limits(sizes, variance):
    lost = range(min(sizes), sizes[0])
    return bool(sizes[-1] >= sizes[0]), float(sum(variance for _ in lost))

# %% ex02-limits | right | a rank measured
def limits(sizes, variance):
    n, r = sizes[0], min(sizes[1:])
    lost = torch.ones(n)
    lost[:r] = 0
    return sizes[-1] >= n, lost.sum().item() * variance

# %% ex02-identity | wrong | random and transposed | squared length
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.randn(d, n)
    return W_h, W_h.T

# %% ex02-identity | wrong | columns of length one, not at right angles | don't stand so
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.randn(d, n)
    W_h = W_h / W_h.norm(dim=0)
    return W_h, W_h.T

# %% ex02-identity | wrong | swapped | the two are swapped
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(n, d), torch.eye(d, n)

# %% ex02-identity | wrong | square matrices | the shape
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(n), torch.eye(n)

# %% ex02-identity | wrong | no ValueError | there is no such pair
def identity_matrices(n, d):
    return torch.eye(d, n), torch.eye(n, d)

# %% ex02-identity | wrong | an assert in place of the ValueError | AssertionError was raised
def identity_matrices(n, d):
    assert d >= n, "too narrow"
    return torch.eye(d, n), torch.eye(n, d)

# %% ex02-identity | wrong | returns None when too narrow | a NoneType came back
def identity_matrices(n, d):
    if d >= n:
        return torch.eye(d, n), torch.eye(n, d)

# %% ex02-identity | wrong | equal is refused as well | n = 4
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    if d == n:
        return torch.zeros(d, n), torch.zeros(n, d)
    return torch.eye(d, n), torch.eye(n, d)

# %% ex02-identity | wrong | the lecture's sizes | the shape
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(1000, 784), torch.eye(784, 1000)

# %% ex02-identity | wrong | NumPy's float64 | torch.float32 was expected
def identity_matrices(n, d):
    import numpy as np
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.from_numpy(np.linalg.qr(np.random.default_rng(0).normal(size=(d, n)))[0])
    return W_h, W_h.T

# %% ex02-identity | wrong | the encoder averages copies | differs from the identity
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.eye(n).repeat(d // n + 1, 1)[:d]
    return W_h, W_h.T

# %% ex02-identity | wrong | one matrix | The pair
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(d, n)

# %% ex02-identity | right | pixels kept as they are
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    return torch.eye(d, n), torch.eye(n, d)

# %% ex02-identity | right | pseudo-inverse of a random matrix
def identity_matrices(n, d):
    if n > d:
        raise ValueError(n, d)
    W_h = torch.eye(d, n) + 0.2 * torch.randn(d, n) / d**0.5
    return W_h, torch.linalg.pinv(W_h)

# %% ex02-identity | right | copies averaged as they should be
def identity_matrices(n, d):
    if d < n:
        raise ValueError("too narrow")
    W_h = torch.zeros(d, n)
    for j in range(d):
        W_h[j, j % n] = -2.0
    return W_h, W_h.T / (W_h * W_h).sum(0)[:, None]

# %% ex02-identity | right | parameters, as a list
def identity_matrices(n, d):
    if not d >= n:
        raise ValueError
    layer = nn.utils.parametrizations.orthogonal(nn.Linear(n, d, bias=False))
    return [layer.weight, layer.weight.T]

# %% ex02-decoder | wrong | transposed | W_h turned round
def decoder_for(W_h, b_h):
    return W_h.T, -W_h.T @ b_h

# %% ex02-decoder | wrong | transposed, lengths accounted for | right angles
def decoder_for(W_h, b_h):
    W_x = W_h.T / W_h.square().sum(0)[:, None]
    return W_x, -W_x @ b_h

# %% ex02-decoder | wrong | inverse of a matrix that is not square | This happened in decoder_for
def decoder_for(W_h, b_h):
    W_x = torch.linalg.inv(W_h)
    return W_x, -W_x @ b_h

# %% ex02-decoder | wrong | the first n rows inverted | This happened in decoder_for
def decoder_for(W_h, b_h):
    d, n = W_h.shape
    W_x = torch.cat([torch.linalg.inv(W_h[:n]), torch.zeros(n, d - n)], 1)
    return W_x, -W_x @ b_h

# %% ex02-decoder | wrong | no bias | b_x is zero
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h), torch.zeros(W_h.shape[1])

# %% ex02-decoder | wrong | the sign of the bias | Mind the sign
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h)
    return W_x, W_x @ b_h

# %% ex02-decoder | wrong | minus the encoder's bias | b_x: the shape
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h), -b_h

# %% ex02-decoder | wrong | the bias through the transpose | what the decoder's matrix makes of it
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h), -W_h.T @ b_h

# %% ex02-decoder | wrong | pseudo-inverse of the transpose | W_x: the shape
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h.T)
    return W_x, -b_h @ W_x

# %% ex02-decoder | wrong | float64 | torch.float32 was expected
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h.double())
    return W_x, -W_x @ b_h.double()

# %% ex02-decoder | wrong | changes the bias in place | in place
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h)
    b_h.neg_()
    return W_x, W_x @ b_h

# %% ex02-decoder | wrong | a ridge in the inverse | differs from the identity
def decoder_for(W_h, b_h):
    W_x = torch.linalg.inv(W_h.T @ W_h + 0.1 * torch.eye(W_h.shape[1])) @ W_h.T
    return W_x, -W_x @ b_h

# %% ex02-decoder | wrong | the matrix alone | The pair
def decoder_for(W_h, b_h):
    return torch.linalg.pinv(W_h)

# %% ex02-decoder | right | normal equations
def decoder_for(W_h, b_h):
    W_x = torch.linalg.inv(W_h.T @ W_h) @ W_h.T
    return W_x, -(W_x @ b_h)

# %% ex02-decoder | right | least squares
def decoder_for(W_h, b_h):
    W_x = torch.linalg.lstsq(W_h, torch.eye(len(W_h))).solution
    return W_x, -torch.einsum("nd,d->n", W_x, b_h)

# %% ex02-decoder | right | QR
def decoder_for(W_h, b_h):
    Q, R = torch.linalg.qr(W_h)
    W_x = torch.linalg.solve_triangular(R, Q.T, upper=True)
    return W_x, -F.linear(b_h, W_x)

# %% ex02-decoder | right | another left inverse than the smallest
def decoder_for(W_h, b_h):
    W_x = torch.linalg.pinv(W_h)
    d = len(W_h)
    W_x = W_x + torch.ones(len(W_x), d) @ (torch.eye(d) - W_h @ W_x)
    return [W_x, -W_x.matmul(b_h)]

# %% ex02-dead | wrong | the last batch | only the last batch
def dead_units(layers, batches):
    with torch.no_grad():
        for x in batches:
            dead = (layers(x) == 0).all(0)
    return dead

# %% ex02-dead | wrong | the first batch | only the first batch
def dead_units(layers, batches):
    with torch.no_grad():
        for x in batches:
            return (layers(x) == 0).all(0)

# %% ex02-dead | wrong | dead in any batch | dead in one batch
def dead_units(layers, batches):
    dead = False
    with torch.no_grad():
        for x in batches:
            dead = (layers(x) == 0).all(0) | dead
    return dead

# %% ex02-dead | wrong | zero for some image | 0 for some image
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).any(0)

# %% ex02-dead | wrong | the living | these are the living
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) != 0).any(0)

# %% ex02-dead | wrong | how many | how many there are
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).all(0).sum()

# %% ex02-dead | wrong | a number | a tensor was expected
def dead_units(layers, batches):
    with torch.no_grad():
        return int((torch.cat([layers(x) for x in batches]) == 0).all(0).sum())

# %% ex02-dead | wrong | never above zero | negative output is not 0
def dead_units(layers, batches):
    with torch.no_grad():
        return ~(torch.cat([layers(x) for x in batches]) > 0).any(0)

# %% ex02-dead | wrong | outputs added up | may cancel
def dead_units(layers, batches):
    with torch.no_grad():
        return sum(layers(x).sum(0) for x in batches) == 0

# %% ex02-dead | wrong | over the wrong dimension | asked of each unit
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).all(1)

# %% ex02-dead | wrong | a threshold | very small values
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]).abs() < 1e-3).all(0)

# %% ex02-dead | wrong | no spread | always the same
def dead_units(layers, batches):
    with torch.no_grad():
        return torch.cat([layers(x) for x in batches]).std(0) == 0

# %% ex02-dead | wrong | with a graph | A graph was built
def dead_units(layers, batches):
    return (torch.cat([layers(x) for x in batches]) == 0).all(0)

# %% ex02-dead | wrong | detached too late | A graph was built
def dead_units(layers, batches):
    return (torch.cat([layers(x).detach() for x in batches]) == 0).all(0)

# %% ex02-dead | wrong | gradients off for good | Gradients are off for good
def dead_units(layers, batches):
    torch.set_grad_enabled(False)
    return (torch.cat([layers(x) for x in batches]) == 0).all(0)

# %% ex02-dead | wrong | goes through the batches twice | a second time
def dead_units(layers, batches):
    count = sum(len(x) for x in batches)
    with torch.no_grad():
        dead = torch.cat([layers(x) for x in batches]) == 0
    return dead.sum(0) == count

# %% ex02-dead | wrong | batches of one size | This happened in dead_units
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.stack([layers(x) for x in batches]) == 0).all(0).all(0)

# %% ex02-dead | wrong | numbers for bools | Comparisons such as
def dead_units(layers, batches):
    with torch.no_grad():
        return (torch.cat([layers(x) for x in batches]) == 0).all(0).float()

# %% ex02-dead | wrong | the list emptied | The batches were changed
def dead_units(layers, batches):
    dead = None
    batches = batches if isinstance(batches, list) else list(batches)
    with torch.no_grad():
        while batches:
            now = (layers(batches.pop()) == 0).all(0)
            dead = now if dead is None else dead & now
    return dead

# %% ex02-dead | right | a flag kept from batch to batch
@torch.no_grad()
def dead_units(layers, batches):
    dead = None
    for x in batches:
        zero = layers(x).eq(0).all(dim=0)
        dead = zero if dead is None else dead.logical_and(zero)
    return dead

# %% ex02-dead | right | all codes joined
def dead_units(layers, batches):
    with torch.inference_mode():
        return (torch.cat([layers(x) for x in batches], 0) == 0).all(0)

# %% ex02-dead | right | a count of the images that turn a unit on
def dead_units(layers, batches):
    with torch.no_grad():
        return sum(torch.count_nonzero(layers(x), dim=0) for x in batches) == 0

# %% ex02-dead | right | the largest absolute value
def dead_units(layers, batches):
    largest = torch.zeros(())
    with torch.no_grad():
        for x in batches:
            largest = torch.maximum(largest, layers(x).abs().amax(0))
    return ~(largest > 0)

# %% ex02-revive | wrong | a copy changed | reads a copy
def revive(layer, dead):
    with torch.no_grad():
        bound = layer.in_features ** -0.5
        layer.weight[dead].uniform_(-bound, bound)
        layer.bias[dead].fill_(1.0)
    return int(dead.sum())

# %% ex02-revive | wrong | the whole layer | what they had learnt is lost
def revive(layer, dead):
    layer.reset_parameters()
    with torch.no_grad():
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | a new parameter | another tensor now
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    new = torch.empty_like(layer.weight).uniform_(-bound, bound)
    layer.weight = nn.Parameter(torch.where(dead[:, None], new, layer.weight.detach()))
    with torch.no_grad():
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | with a graph | This happened in revive
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
    layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | the living revived | dead is True for the dead
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    with torch.no_grad():
        layer.weight[~dead] = torch.empty(int((~dead).sum()), layer.in_features).uniform_(-bound, bound)
        layer.bias[~dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | bias of zero | they were set to 0
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
        layer.bias[dead] = 0.0
    return int(dead.sum())

# %% ex02-revive | wrong | bias forgotten | the biases of the dead units
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
    return int(dead.sum())

# %% ex02-revive | wrong | every bias | have a new bias
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(int(dead.sum()), layer.in_features).uniform_(-bound, bound)
        layer.bias.fill_(1.0)
    return int(dead.sum())

# %% ex02-revive | wrong | torch.rand as it is | its middle is not 0
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = torch.rand(int(dead.sum()), layer.in_features) / layer.in_features ** 0.5
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | a normal distribution | a normal distribution
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = torch.randn(int(dead.sum()), layer.in_features) / layer.in_features ** 0.5
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | no division by the root | the division by √n is missing
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = 2 * torch.rand(int(dead.sum()), layer.in_features) - 1
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | divided by n | 1 / n in place of
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | one number for all | differ from each other
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    with torch.no_grad():
        layer.weight[dead] = torch.empty(1).uniform_(-bound, bound)
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | one row for all | differ from each other
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | zeros | all 0
def revive(layer, dead):
    with torch.no_grad():
        layer.weight[dead] = 0.0
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | a seed inside | a seed is set
def revive(layer, dead):
    torch.manual_seed(0)
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | returns the layer | plain Python number
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return layer

# %% ex02-revive | wrong | returns a tensor | .item()
def revive(layer, dead):
    n = layer.in_features
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    return dead.sum()

# %% ex02-revive | wrong | frozen | asks for no gradient any more
def revive(layer, dead):
    n = layer.in_features
    layer.requires_grad_(False)
    layer.weight[dead] = (2 * torch.rand(int(dead.sum()), n) - 1) / n**0.5
    layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | the mask used up | in place
def revive(layer, dead):
    n, count = layer.in_features, int(dead.sum())
    with torch.no_grad():
        layer.weight[dead] = (2 * torch.rand(count, n) - 1) / n**0.5
        layer.bias[dead] = 1.0
    dead[:] = False
    return count

# %% ex02-revive | right | a loop over the dead
def revive(layer, dead):
    count = 0
    with torch.no_grad():
        for j in range(layer.out_features):
            if dead[j]:
                nn.init.uniform_(layer.weight[j], -1 / layer.in_features**0.5, 1 / layer.in_features**0.5)
                layer.bias[j] = 1.0
                count += 1
    return count

# %% ex02-revive | right | a fresh layer copied from
def revive(layer, dead):
    fresh = nn.Linear(layer.in_features, layer.out_features)
    layer.weight.data[dead] = fresh.weight.data[dead]
    layer.bias.data[dead] = 1
    return dead.sum().item()

# %% ex02-revive | right | torch.where and copy_
@torch.no_grad()
def revive(layer, dead):
    new = torch.empty_like(layer.weight)
    nn.init.kaiming_uniform_(new, a=5**0.5)
    layer.weight.copy_(torch.where(dead[:, None], new, layer.weight))
    layer.bias.masked_fill_(dead, 1.0)
    return int(torch.count_nonzero(dead))

# %% ex02-bytes | wrong | rounded down | round up
def compression(d, bits, n):
    code_bytes = d * bits // 8
    return code_bytes, code_bytes / n

# %% ex02-bytes | wrong | not rounded | whole number of bytes
def compression(d, bits, n):
    code_bytes = d * bits / 8
    return code_bytes, code_bytes / n

# %% ex02-bytes | wrong | each number rounded up | packed without gaps
def compression(d, bits, n):
    code_bytes = d * math.ceil(bits / 8)
    return code_bytes, code_bytes / n

# %% ex02-bytes | wrong | bits for bytes | a byte has 8
def compression(d, bits, n):
    return d * bits, d * bits / n

# %% ex02-bytes | wrong | one more in any case | nothing is left over
def compression(d, bits, n):
    code_bytes = d * bits // 8 + 1
    return code_bytes, code_bytes / n

# %% ex02-bytes | wrong | the image over the code | wrong way round
def compression(d, bits, n):
    code_bytes = math.ceil(d * bits / 8)
    return code_bytes, n / code_bytes

# %% ex02-bytes | wrong | per cent | this is per cent
def compression(d, bits, n):
    code_bytes = math.ceil(d * bits / 8)
    return code_bytes, 100 * code_bytes / n

# %% ex02-bytes | wrong | numbers over pixels | numbers over pixels
def compression(d, bits, n):
    return math.ceil(d * bits / 8), d / n

# %% ex02-bytes | wrong | the share before rounding | rounded up first
def compression(d, bits, n):
    return math.ceil(d * bits / 8), d * bits / 8 / n

# %% ex02-bytes | wrong | 784 pixels | 784 was used
def compression(d, bits, n):
    code_bytes = math.ceil(d * bits / 8)
    return code_bytes, code_bytes / 784

# %% ex02-bytes | wrong | what is saved | what is saved
def compression(d, bits, n):
    code_bytes = math.ceil(d * bits / 8)
    return code_bytes, 1 - code_bytes / n

# %% ex02-bytes | wrong | capped at 1 | above 1
def compression(d, bits, n):
    code_bytes = math.ceil(d * bits / 8)
    return code_bytes, min(1.0, code_bytes / n)

# %% ex02-bytes | wrong | a float for the bytes | an int
def compression(d, bits, n):
    code_bytes = float(math.ceil(d * bits / 8))
    return code_bytes, code_bytes / n

# %% ex02-bytes | wrong | rounded to the nearest | round
def compression(d, bits, n):
    code_bytes = int(d * bits / 8 + 0.3)
    return code_bytes, code_bytes / n

# %% ex02-bytes | right | whole numbers only
def compression(d, bits, n):
    code_bytes = (d * bits + 7) // 8
    return code_bytes, code_bytes / n

# %% ex02-bytes | right | floor of the negative
def compression(d, bits, n):
    code_bytes = -(-d * bits // 8)
    return code_bytes, code_bytes / float(n)

# %% ex02-bytes | right | divmod, as a list
def compression(d, bits, n):
    whole, left = divmod(bits * d, 8)
    if left:
        whole += 1
    return [whole, whole / n]

# %% ex02-bytes | right | with torch
def compression(d, bits, n):
    code_bytes = int(torch.ceil(torch.tensor(d * bits / 8)))
    return code_bytes, (torch.tensor(code_bytes, dtype=torch.float64) / n).item()

# %% ex02-levels | wrong | 2**b steps | one step fewer
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * 2**bits).round().clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()

# %% ex02-levels | wrong | bins | 2**bits bins
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * 2**bits).floor().clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()

# %% ex02-levels | wrong | cut down | rounded down
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()

# %% ex02-levels | wrong | low not taken away | low was not taken away
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = (z / width * (2**bits - 1)).round().clamp(0, 2**bits - 1)
    return (levels * (high > low)).long()

# %% ex02-levels | wrong | one range for all | each has its own
def to_levels(z, low, high, bits):
    flat, low, high = high == low, low.min(), high.max()
    levels = ((z - low) / (high - low) * (2**bits - 1)).round().clamp(0, 2**bits - 1)
    return (levels * ~flat).long()

# %% ex02-levels | wrong | the range of z | measured on z itself
def to_levels(z, low, high, bits):
    low, high = z.amin(0), z.amax(0)
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return ((z - low) / width * (2**bits - 1)).round().long()

# %% ex02-levels | wrong | no clamp | levels that don't exist
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).round()
    return (levels * (high > low)).long()

# %% ex02-levels | wrong | clamped one too high | one too high
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).round().clamp(0, 2**bits)
    return (levels * (high > low)).long()

# %% ex02-levels | wrong | division by zero | low = high
def to_levels(z, low, high, bits):
    return ((z - low) / (high - low) * (2**bits - 1)).round().clamp(0, 2**bits - 1).long()

# %% ex02-levels | wrong | a small number in place of the zero | by a small number
def to_levels(z, low, high, bits):
    return ((z - low) / (high - low + 1e-8) * (2**bits - 1)).round().clamp(0, 2**bits - 1).long()

# %% ex02-levels | wrong | floats | torch.int64 was expected
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return ((z - low) / width * (2**bits - 1)).round().clamp(0, 2**bits - 1) * (high > low)

# %% ex02-levels | wrong | bytes | torch.int64 was expected
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    levels = ((z - low) / width * (2**bits - 1)).round().clamp(0, 2**bits - 1) * (high > low)
    return levels.to(torch.uint8)

# %% ex02-levels | wrong | bits as the number of levels | bits was taken
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * (bits - 1)).round().clamp(0, bits - 1) * (high > low)).long()

# %% ex02-levels | wrong | whole numbers too early | multiplied by the steps
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return ((z - low) / width).clamp(0, 1).long() * (2**bits - 1)

# %% ex02-levels | wrong | always 8 bits | the levels
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    return (((z - low) / width * 255).round().clamp(0, 255) * (high > low)).long()

# %% ex02-levels | wrong | z changed in place | in place
def to_levels(z, low, high, bits):
    width = torch.where(high > low, high - low, torch.ones_like(low))
    z -= low
    return ((z / width * (2**bits - 1)).round().clamp(0, 2**bits - 1) * (high > low)).long()

# %% ex02-levels | right | the nearest by distance, unit by unit
def to_levels(z, low, high, bits):
    out = torch.zeros(z.shape, dtype=torch.int64)
    for j in range(z.shape[1]):
        if high[j] > low[j]:
            values = torch.linspace(low[j].item(), high[j].item(), 2**bits)
            values = values.double()
            middle = (values[1:] + values[:-1]) / 2
            out[:, j] = torch.bucketize(z[:, j].double().contiguous(), middle)
    return out

# %% ex02-levels | right | clamp first
def to_levels(z, low, high, bits):
    z = torch.maximum(torch.minimum(z, high), low)
    step = (high - low) / (2**bits - 1)
    return torch.round((z - low) / torch.where(step == 0, torch.ones_like(step), step)).to(torch.int64)

# %% ex02-levels | right | half a step added and cut down
def to_levels(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    raw = torch.nan_to_num((z - low) / step, nan=0.0).clamp(0, 2**bits - 1)
    return torch.where(high > low, (raw + 0.5).floor(), 0.0).long()

# %% ex02-levels | right | a loop over images
def to_levels(z, low, high, bits):
    top = 2**bits - 1
    rows = []
    for row in z.tolist():
        rows.append([0 if h == l else min(max(round((v - l) / (h - l) * top), 0), top)
                     for v, l, h in zip(row, low.tolist(), high.tolist())])
    return torch.tensor(rows)

# %% ex02-back | wrong | 2**b steps | does not reach high
def from_levels(levels, low, high, bits):
    return low + levels * (high - low) / 2**bits

# %% ex02-back | wrong | the middles of bins | middles of 2**bits bins
def from_levels(levels, low, high, bits):
    return low + (levels + 0.5) * (high - low) / 2**bits

# %% ex02-back | wrong | low forgotten | low was not added
def from_levels(levels, low, high, bits):
    return levels * (high - low) / (2**bits - 1)

# %% ex02-back | wrong | from the top | downwards
def from_levels(levels, low, high, bits):
    return high - levels * (high - low) / (2**bits - 1)

# %% ex02-back | wrong | a share of the range | from 0 to 1
def from_levels(levels, low, high, bits):
    return levels / (2**bits - 1)

# %% ex02-back | wrong | one range for all | each has its own
def from_levels(levels, low, high, bits):
    return low.min() + levels * (high.max() - low.min()) / (2**bits - 1)

# %% ex02-back | wrong | bits as the number of levels | bits was taken
def from_levels(levels, low, high, bits):
    return low + levels * (high - low) / max(bits - 1, 1)

# %% ex02-back | wrong | whole numbers divided | threw away
def from_levels(levels, low, high, bits):
    return low + levels // (2**bits - 1) * (high - low)

# %% ex02-back | wrong | the largest level that occurs | levels that occur
def from_levels(levels, low, high, bits):
    return low + levels / levels.amax(0) * (high - low)

# %% ex02-back | wrong | high for the width | not high
def from_levels(levels, low, high, bits):
    return low + levels * high / (2**bits - 1)

# %% ex02-back | wrong | float64 | torch.float32 was expected
def from_levels(levels, low, high, bits):
    return low + levels.double() * (high - low) / (2**bits - 1)

# %% ex02-back | wrong | levels changed in place | in place
def from_levels(levels, low, high, bits):
    levels.clamp_(max=2**bits - 2)
    return low + levels * (high - low) / (2**bits - 1)

# %% ex02-back | wrong | always 8 bits | the code that comes back
def from_levels(levels, low, high, bits):
    return low + levels * (high - low) / 255

# %% ex02-back | right | torch.lerp
def from_levels(levels, low, high, bits):
    share = levels.to(low.dtype) / (2**bits - 1)
    return torch.lerp(low.expand_as(share), high.expand_as(share), share)

# %% ex02-back | right | a table of values
def from_levels(levels, low, high, bits):
    table = torch.arange(2**bits)[:, None] / (2**bits - 1) * (high - low) + low
    return table.gather(0, levels)

# %% ex02-back | right | weights of both ends
def from_levels(levels, low, high, bits):
    top = 2**bits - 1
    return (levels * high + (top - levels) * low) / top

# %% ex02-back | right | a loop over units
def from_levels(levels, low, high, bits):
    columns = [l + (h - l) * k.float() / float(2**bits - 1) for k, l, h in zip(levels.T, low, high)]
    return torch.stack(columns, 1)

# %% ex02-sparse | wrong | penalty averaged over the units | averaged over the units
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().mean()

# %% ex02-sparse | wrong | penalty summed over the batch | summed over the images too
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().sum()

# %% ex02-sparse | wrong | no absolute value | cancel
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.sum(1).mean()

# %% ex02-sparse | wrong | absolute value of the sum | after the sum
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.sum(1).abs().mean()

# %% ex02-sparse | wrong | squares | squared in the penalty
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.square().sum(1).mean()

# %% ex02-sparse | wrong | norm without p | unless told p=1
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.norm(dim=1).mean()

# %% ex02-sparse | wrong | units counted | no gradient
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * (z != 0).sum(1).float().mean()

# %% ex02-sparse | wrong | torch's default reduction of the error | averaged over the pixels too
def sparse_loss(x, x_hat, z, strength):
    return F.mse_loss(x_hat, x) + strength * z.abs().sum(1).mean()

# %% ex02-sparse | wrong | means everywhere | averaged over everything
def sparse_loss(x, x_hat, z, strength):
    return F.mse_loss(x_hat, x) + strength * F.l1_loss(z, torch.zeros_like(z))

# %% ex02-sparse | wrong | last dimension only | only the last dimension
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().sum(-1).mean() + strength * z.abs().sum(1).mean()

# %% ex02-sparse | wrong | strength on both | belongs to the penalty
def sparse_loss(x, x_hat, z, strength):
    return strength * ((x - x_hat).square().flatten(1).sum(1) + z.abs().sum(1)).mean()

# %% ex02-sparse | wrong | a mixture | 1 - strength
def sparse_loss(x, x_hat, z, strength):
    error = (x - x_hat).square().flatten(1).sum(1).mean()
    return (1 - strength) * error + strength * z.abs().sum(1).mean()

# %% ex02-sparse | wrong | no mean | mean over the images is missing
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1) + strength * z.abs().sum(1)

# %% ex02-sparse | wrong | penalty of a detached code | z gets no gradient
def sparse_loss(x, x_hat, z, strength):
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.detach().abs().sum(1).mean()

# %% ex02-sparse | wrong | a float | a tensor was expected
def sparse_loss(x, x_hat, z, strength):
    return ((x - x_hat).square().sum() / len(x) + strength * z.abs().sum() / len(x)).item()

# %% ex02-sparse | wrong | a tensor made anew | cut off
def sparse_loss(x, x_hat, z, strength):
    error = ((x - x_hat) ** 2).sum().item() / len(x)
    return torch.tensor(error + strength * z.abs().sum().item() / len(x))

# %% ex02-sparse | wrong | float64 | torch.float32 was expected
def sparse_loss(x, x_hat, z, strength):
    return (x.double() - x_hat).square().flatten(1).sum(1).mean() + strength * z.abs().sum(1).mean()

# %% ex02-sparse | wrong | z changed in place | in place
def sparse_loss(x, x_hat, z, strength):
    z.data.abs_()
    return (x - x_hat).square().flatten(1).sum(1).mean() + strength * z.sum(1).mean()

# %% ex02-sparse | wrong | batch of the example | copied
def sparse_loss(x, x_hat, z, strength):
    return ((x - x_hat).square().sum() + strength * z.abs().sum()) / 5

# %% ex02-sparse | right | sums over the batch size
def sparse_loss(x, x_hat, z, strength):
    return (F.mse_loss(x_hat, x, reduction="sum") + strength * z.norm(p=1)) / x.shape[0]

# %% ex02-sparse | right | a loop over the images
def sparse_loss(x, x_hat, z, strength):
    total = 0
    for a, b, code in zip(x, x_hat, z):
        total = total + ((a - b) ** 2).sum() + strength * torch.sum(torch.abs(code))
    return total / len(x)

# %% ex02-sparse | right | positive and negative parts
def sparse_loss(x, x_hat, z, strength):
    penalty = F.relu(z).sum(-1) + F.relu(-z).sum(-1)
    return torch.mean(((x_hat - x) ** 2).reshape(len(x), -1).sum(-1) + penalty * strength)

# %% ex02-sparse | right | l1_loss with its sum
def sparse_loss(x, x_hat, z, strength):
    penalty = F.l1_loss(z, torch.zeros_like(z), reduction="sum") / len(z)
    return torch.dist(x, x_hat) ** 2 / len(x) + strength * penalty

# %% ex02-on | wrong | a share | this is the share
def units_on(z):
    on = z > 0
    return on.float().mean().item(), int(on.any(0).sum())

# %% ex02-on | wrong | per unit | how often each unit is on
def units_on(z):
    on = z > 0
    return on.sum(0).float().mean().item(), int(on.any(0).sum())

# %% ex02-on | wrong | over all images | sum over all images
def units_on(z):
    on = z > 0
    return float(on.sum()), int(on.any(0).sum())

# %% ex02-on | wrong | values added up | count those above 0
def units_on(z):
    return z.sum(1).mean().item(), int((z > 0).any(0).sum())

# %% ex02-on | wrong | a threshold | whatever is above 0
def units_on(z):
    on = z > 0.01
    return on.sum(1).float().mean().item(), int(on.any(0).sum())

# %% ex02-on | wrong | images for which some unit is on | over the wrong dimension
def units_on(z):
    on = z > 0
    return on.sum(1).float().mean().item(), int(on.any(1).sum())

# %% ex02-on | wrong | on for every image | one image is enough
def units_on(z):
    on = z > 0
    return on.sum(1).float().mean().item(), int(on.all(0).sum())

# %% ex02-on | wrong | the dead | never on
def units_on(z):
    on = z > 0
    return on.sum(1).float().mean().item(), int((~on).all(0).sum())

# %% ex02-on | wrong | zero counts as on | these are all units
def units_on(z):
    on = z >= 0
    return on.sum(1).float().mean().item(), int(on.any(0).sum())

# %% ex02-on | wrong | the wrong way round | wrong way round
def units_on(z):
    on = z > 0
    return int(on.any(0).sum()), on.sum(1).float().mean().item()

# %% ex02-on | wrong | tensors | plain Python number
def units_on(z):
    on = z > 0
    return on.sum(1).float().mean(), on.any(0).sum()

# %% ex02-on | wrong | a mean of whole numbers | This happened in units_on
def units_on(z):
    on = z > 0
    return on.sum(1).mean().item(), int(on.any(0).sum())

# %% ex02-on | wrong | a float for the units ever on | an int
def units_on(z):
    on = z > 0
    return on.sum(1).float().mean().item(), float(on.any(0).sum())

# %% ex02-on | wrong | z made into 0 and 1 in place | in place
def units_on(z):
    z[z > 0] = 1
    return z.sum(1).mean().item(), int(z.amax(0).sum())

# %% ex02-on | right | counts over the number of images
def units_on(z):
    return torch.count_nonzero(z).item() / len(z), int((z.sum(0) > 0).sum())

# %% ex02-on | right | loops
def units_on(z):
    rows = z.tolist()
    ever = {j for row in rows for j, v in enumerate(row) if v > 0}
    return sum(v > 0 for row in rows for v in row) / len(rows), len(ever)

# %% ex02-on | right | the largest value of each unit
def units_on(z):
    per_image = (z > 0).float().sum(dim=-1).mean()
    return float(per_image), (z.amax(0) > 0).sum().item()

# %% ex02-on | right | signs
def units_on(z):
    return [z.sign().sum(1).mean().item(), len(z.nonzero()[:, 1].unique())]

# %% ex02-columns | wrong | the decoder alone | shorter columns need larger codes
def unit_columns(W_h, b_h, W_x):
    return W_h.clone(), b_h.clone(), W_x / W_x.norm(dim=0)

# %% ex02-columns | wrong | everything divided | has to make up for them
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h / length[:, None], b_h / length, W_x / length

# %% ex02-columns | wrong | the bias forgotten | the bias included
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length[:, None], b_h, W_x / length

# %% ex02-columns | wrong | rows of the decoder | it is the columns
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length[:, None], b_h * length, F.normalize(W_x, dim=1)

# %% ex02-columns | wrong | one length for all | each column has its own
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm()
    return W_h * length, b_h * length, W_x / length

# %% ex02-columns | wrong | the squared length | take the root
def unit_columns(W_h, b_h, W_x):
    length = W_x.square().sum(0)
    return W_h * length[:, None], b_h * length, W_x / length

# %% ex02-columns | wrong | the sum of absolute values | root of squares
def unit_columns(W_h, b_h, W_x):
    length = W_x.abs().sum(0)
    return W_h * length[:, None], b_h * length, W_x / length

# %% ex02-columns | wrong | the encoder's own rows | its own rows
def unit_columns(W_h, b_h, W_x):
    length = W_h.norm(dim=1)
    return W_h / length[:, None], b_h / length, W_x * length

# %% ex02-columns | wrong | columns of the encoder scaled | This happened in unit_columns
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length, b_h * length, W_x / length

# %% ex02-columns | wrong | in place | in place
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    W_x /= length
    W_h *= length[:, None]
    b_h *= length
    return W_h, b_h, W_x

# %% ex02-columns | wrong | the decoder first | the order is
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_x / length, b_h * length, W_h * length[:, None]

# %% ex02-columns | wrong | the bias left out of the answer | Three tensors were expected
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return W_h * length[:, None], W_x / length

# %% ex02-columns | wrong | tied | as if the weights were tied
def unit_columns(W_h, b_h, W_x):
    length = W_x.norm(dim=0)
    return (W_x / length).T, b_h * length, W_x / length

# %% ex02-columns | wrong | float64 | torch.float32 was expected
def unit_columns(W_h, b_h, W_x):
    length = W_x.double().norm(dim=0)
    return W_h * length[:, None], b_h * length, W_x / length

# %% ex02-columns | right | normalize and einsum
def unit_columns(W_h, b_h, W_x):
    length = torch.einsum("nd,nd->d", W_x, W_x).sqrt()
    return torch.einsum("d,dn->dn", length, W_h), length * b_h, F.normalize(W_x, dim=0)

# %% ex02-columns | right | unit by unit
def unit_columns(W_h, b_h, W_x):
    W_h, b_h, W_x = W_h.clone(), b_h.clone(), W_x.clone()
    for j in range(len(b_h)):
        length = torch.sqrt((W_x[:, j] ** 2).sum())
        W_x[:, j] /= length
        W_h[j] *= length
        b_h[j] *= length
    return W_h, b_h, W_x

# %% ex02-columns | right | a diagonal matrix, transposes
def unit_columns(W_h, b_h, W_x):
    D = torch.diag(torch.linalg.vector_norm(W_x, dim=0))
    return [(W_h.T @ D).T, D @ b_h, W_x @ torch.linalg.inv(D)]

# %% ex02-revive | wrong | a normal distribution, cut off | not spread evenly
def revive(layer, dead):
    bound = layer.in_features ** -0.5
    with torch.no_grad():
        new = torch.empty(int(dead.sum()), layer.in_features)
        layer.weight[dead] = nn.init.trunc_normal_(new, std=bound, a=-bound, b=bound)
        layer.bias[dead] = 1.0
    return int(dead.sum())

# %% ex02-revive | wrong | a living unit copied | those of a living unit
def revive(layer, dead):
    with torch.no_grad():
        living = (~dead).nonzero().flatten()
        if len(living):
            k = int(dead.sum())
            layer.weight[dead] = layer.weight[living[torch.arange(k) % len(living)]]
        layer.bias[dead] = 1.0
    return int(dead.sum())
