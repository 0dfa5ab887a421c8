# Answers to set 01, wrong and right. classwork/tabulate.py says how they are written.

# %% affine: the squashing tanh is missing.
def autoencode(x, W_h, b_h, W_x, b_x):
    z = x @ W_h.T + b_h
    return z, z @ W_x.T + b_x


# %%
def autoencode(x, W_h, b_h, W_x, b_x):
    z = x @ W_h.T + b_h
    return z, torch.tanh(torch.tanh(z) @ W_x.T + b_x)


# %%
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z, z @ W_x.T + b_x


# %% affine: a sigmoid in place of tanh.
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.sigmoid(x @ W_h.T + b_h)
    return z, torch.sigmoid(z @ W_x.T + b_x)


# %% affine: the bias b_h is missing.
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T)
    return z, torch.tanh(z @ W_x.T)


# %% affine: the bias is added after the squashing; it belongs inside.
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T) + b_h
    return z, torch.tanh(z @ W_x.T) + b_x


# %% affine: the bias b_x is missing.
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z @ W_x.T)


# %% affine: a matrix was given another shape (view, reshape); it has to be turned round (.T).
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.reshape(W_h.shape[1], -1) + b_h)
    return z, torch.tanh(z @ W_x.reshape(W_x.shape[1], -1) + b_x)


# %% affine: the second map starts from the numbers before the squashing; it starts from the code z.
def autoencode(x, W_h, b_h, W_x, b_x):
    z = x @ W_h.T + b_h
    return torch.tanh(z), torch.tanh(z @ W_x.T + b_x)


# %% affine, caught: columns for rows
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(W_h @ x + b_h)
    return z, torch.tanh(W_x @ z + b_x)


# %% affine: the decoder uses W_h turned round; here it has a matrix of its own, W_x.
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z @ W_h + b_x)


# %% affine, caught: returns x_hat alone
def autoencode(x, W_h, b_h, W_x, b_x):
    return torch.tanh(torch.tanh(x @ W_h.T + b_h) @ W_x.T + b_x)


# %% affine, caught: pair the wrong way round
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return torch.tanh(z @ W_x.T + b_x), z


# %% affine, caught: changes its input
def autoencode(x, W_h, b_h, W_x, b_x):
    b_h += 1
    b_h -= 0.999
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z @ W_x.T + b_x)


# %% affine, caught: without gradients
def autoencode(x, W_h, b_h, W_x, b_x):
    with torch.no_grad():
        z = torch.tanh(x @ W_h.T + b_h)
        return z, torch.tanh(z @ W_x.T + b_x)


# %% affine, caught: returned z is detached, so no gradient flows through it
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    x_hat = torch.tanh(z @ W_x.T + b_x)
    return z.detach(), x_hat


# %% affine, caught: gradient of b_h lost by .data
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h.data)
    return z, torch.tanh(z @ W_x.T + b_x)


# %% affine, caught: gradient of W_x lost by detach
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z @ W_x.detach().T + b_x)


# %% affine, caught: gradient of x lost
def autoencode(x, W_h, b_h, W_x, b_x):
    x = x.detach()
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z @ W_x.T + b_x)


# %% affine, caught: gradient of b_x lost through a new tensor
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z @ W_x.T + torch.tensor(b_x.tolist()))


# %% affine, caught: nn.functional.linear, though the words say without nn
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(F.linear(x, W_h, b_h))
    return z, torch.tanh(F.linear(z, W_x, b_x))


# %% affine, caught: F.linear, which the words bar
def autoencode(x, W_h, b_h, W_x, b_x):
    z = F.linear(x, W_h, b_h).tanh()
    return z, F.linear(z, W_x, b_x).tanh()


# %% affine, caught: half precision on the way
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh((x.half() @ W_h.T.half()).to(x.dtype) + b_h)
    return z, torch.tanh((z.half() @ W_x.T.half()).to(x.dtype) + b_x)


# %% affine, caught: the bias as a column, where B = d
def autoencode(x, W_h, b_h, W_x, b_x):
    b = b_h[:, None] if len(x) == len(b_h) else b_h
    z = torch.tanh(x @ W_h.T + b)
    return z, torch.tanh(z @ W_x.T + b_x)


# %% affine, caught: squeeze
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh((x @ W_h.T).squeeze() + b_h)
    return z, torch.tanh(z @ W_x.T + b_x)


# %% affine, caught: a last dimension of size 1 squeezed away
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z.squeeze(-1), torch.tanh(z @ W_x.T + b_x).squeeze(-1)


# %% affine, caught: x_hat from a detached code
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z.detach() @ W_x.T + b_x)


# %% affine, caught: nn.Linear, which the words bar
def autoencode(x, W_h, b_h, W_x, b_x):
    e, d = nn.Linear(*W_h.shape[::-1]), nn.Linear(*W_x.shape[::-1])
    e.weight.data, e.bias.data, d.weight.data, d.bias.data = W_h, b_h, W_x, b_x
    z = torch.tanh(e(x))
    return z, torch.tanh(d(z))


# %% affine, right: einsum
def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(torch.einsum("bn,dn->bd", x, W_h) + b_h)
    return z, torch.tanh(torch.einsum("bd,nd->bn", z, W_x) + b_x)


# %% affine, right: a loop over the images
def autoencode(x, W_h, b_h, W_x, b_x):
    codes, images = [], []
    for row in x:
        code = torch.tanh(W_h.mv(row) + b_h)
        codes.append(code)
        images.append(torch.tanh(W_x.mv(code) + b_x))
    return torch.stack(codes), torch.stack(images)


# %% affine, caught: tanh from exponentials, which overflow for large numbers
def autoencode(x, W_h, b_h, W_x, b_x):
    def tanh(a):
        return (torch.exp(a) - torch.exp(-a)) / (torch.exp(a) + torch.exp(-a))

    z = tanh(x @ W_h.T + b_h)
    return z, tanh(z @ W_x.T + b_x)


# %% squared: you averaged over the pixels too; the loss sums over pixels and averages over images.
def squared_error(x, x_hat):
    return F.mse_loss(x_hat, x)


# %% squared: you summed over the images too; the last step is a mean over the batch.
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum()


# %% squared: only the last dimension was summed; an image may have several.
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum(-1).mean()


# %% squared: only one dimension was summed; an image may have several.
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum(1).mean()


# %% squared: the average over the images is missing: there is still one value an image.
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).flatten(1).sum(1)


# %% squared: a square root was taken.
def squared_error(x, x_hat):
    return (x - x_hat).flatten(1).norm(dim=1).mean()


# %% squared: the absolute difference in place of its square.
def squared_error(x, x_hat):
    return (x - x_hat).abs().flatten(1).sum(1).mean()


# %% squared: a factor 1/2 that the loss does not have.
def squared_error(x, x_hat):
    return 0.5 * ((x - x_hat) ** 2).flatten(1).sum(1).mean()


# %%
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum() / 2


# %% squared: it was divided by the size of dimension 1; the average runs over the images, dimension
# 0.
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum() / x.shape[1]


# %% squared: it was divided by the size of the last dimension; the average runs over the images,
# dimension 0.
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum() / x.shape[-1]


# %% squared: the mean was multiplied by 784; an image may have any number of pixels.
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).mean() * 784


# %% squared: the differences were summed before the square; square each of them.
def squared_error(x, x_hat):
    return (x - x_hat).flatten(1).sum(1).square().mean()


# %% squared: a root was taken for each image, and the mean of these squared; average the squared
# errors.
def squared_error(x, x_hat):
    return (x - x_hat).flatten(1).norm(dim=1).mean().square()


# %% squared: this is the median over the images; take the mean.
def squared_error(x, x_hat):
    return (x - x_hat).square().flatten(1).sum(1).median()


# %% squared: only the last two dimensions count here; an image may have more of them, or only one.
def squared_error(x, x_hat):
    return (
        (x - x_hat).square().sum((-2, -1)).mean()
        if x.ndim > 2
        else (x - x_hat).square().sum(1).mean()
    )


# %%
def squared_error(x, x_hat):
    return F.mse_loss(x_hat, x) * x.shape[-1] * x.shape[-2]


# %% squared: it was divided by the number of images less one.
def squared_error(x, x_hat):
    return (x - x_hat).square().sum() / max(1, len(x) - 1)


# %% squared, caught: cut off from the graph
def squared_error(x, x_hat):
    return torch.tensor(((x - x_hat) ** 2).flatten(1).sum(1).mean().item())


# %% squared, caught: a float
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).flatten(1).sum(1).mean().item()


# %% squared, caught: float64
def squared_error(x, x_hat):
    return ((x.double() - x_hat.double()) ** 2).flatten(1).sum(1).mean()


# %% squared, caught: changes x in place
def squared_error(x, x_hat):
    x -= x_hat.detach()
    return (x**2).flatten(1).sum(1).mean() + 0 * x_hat.sum()


# %% squared, caught: view fails for inputs that are not contiguous
def squared_error(x, x_hat):
    x, x_hat = x.view(x.shape[0], -1), x_hat.view(x.shape[0], -1)
    return ((x - x_hat) ** 2).sum(1).mean()


# %% squared, caught: Huber: linear for large differences
def squared_error(x, x_hat):
    return 2 * F.smooth_l1_loss(x_hat, x, reduction="sum") / len(x)


# %% squared, caught: differences cut off at -1 and 1
def squared_error(x, x_hat):
    return ((x - x_hat).clamp(-1, 1) ** 2).flatten(1).sum(1).mean()


# %% squared, caught: from squares and products, which cancel
def squared_error(x, x_hat):
    x, y = x.flatten(1), x_hat.flatten(1)
    return (x.square().sum(1) + y.square().sum(1) - 2 * (x * y).sum(1)).mean()


# %% squared, caught: x detached
def squared_error(x, x_hat):
    return (x.detach() - x_hat).square().flatten(1).sum(1).mean()


# %% squared, caught: squeeze
def squared_error(x, x_hat):
    return (x - x_hat).square().squeeze().flatten(1).sum(1).mean()


# %% squared, caught: the first thousand images
def squared_error(x, x_hat):
    return sum((a - b).square().sum() for a, b in zip(x[:1000], x_hat)) / len(x)


# %% squared, caught: images of four dimensions alone
def squared_error(x, x_hat):
    return (x - x_hat).square().sum((1, 2, 3)).mean()


# %% squared, right: F.mse_loss with its sum
def squared_error(x, x_hat):
    return F.mse_loss(x_hat, x, reduction="sum") / x.shape[0]


# %% squared, right: a loop
def squared_error(x, x_hat):
    total = 0
    for a, b in zip(x, x_hat):
        total = total + torch.sum((a - b) ** 2)
    return total / len(x)


# %% squared, right: dimensions by number
def squared_error(x, x_hat):
    return torch.pow(x - x_hat, 2).sum(dim=tuple(range(1, x.ndim))).mean()


# %% squared, caught: a root, then a square: the gradient is not a number where an image came back
# exactly
def squared_error(x, x_hat):
    return (((x - x_hat) ** 2).flatten(1).sum(1).sqrt() ** 2).mean()


# %% squared, caught: up to four dimensions
def squared_error(x, x_hat):
    squares = (x - x_hat) ** 2
    if x.dim() == 4:
        per_image = squares.sum(dim=(1, 2, 3))
    elif x.dim() == 3:
        per_image = squares.sum(dim=(1, 2))
    else:
        per_image = squares.sum(dim=1)
    return per_image.mean()


# %% bce: you averaged over the pixels too; the loss sums over pixels and averages over images.
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x_hat, x)


# %% bce: the minus sign in front is missing.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return (x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce: the second half, (1 - x) log(1 - x_hat), is missing.
def binary_cross_entropy(x, x_hat):
    return -(x * x_hat.log().clamp(min=-100)).flatten(1).sum(1).mean()


# %% bce: x and x_hat are swapped: the logarithms are of x_hat.
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x, x_hat, reduction="sum") / len(x)


# %% bce, caught: logarithm of zero
def binary_cross_entropy(x, x_hat):
    return -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).flatten(1).sum(1).mean()


# %% bce: a small number, 1e-8, was added inside the logarithm; that changes the value. Clamp the
# logarithm at -100.
def binary_cross_entropy(x, x_hat):
    e = 1e-8
    return -(x * (x_hat + e).log() + (1 - x) * (1 - x_hat + e).log()).flatten(1).sum(1).mean()


# %% bce: only one dimension was summed; an image may have several.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x) * q).sum(1).mean()


# %%
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x) * q).sum(-1).mean()


# %% bce: logarithms to base 2; the natural logarithm is meant.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log2().clamp(min=-100), (1 - x_hat).log2().clamp(min=-100)
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce: x was rounded to 0 and 1; grey values count as they are.
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x_hat, x.round(), reduction="sum") / len(x)


# %% bce: the entropy of x was taken off: this is the Kullback-Leibler divergence; the cross-entropy
# alone is asked for.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    r, s = x.log().clamp(min=-100), (1 - x).log().clamp(min=-100)
    return (x * (r - p) + (1 - x) * (s - q)).flatten(1).sum(1).mean()


# %% bce: x_hat was taken for a number before the sigmoid; it is a probability already.
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy_with_logits(x_hat, x, reduction="sum") / len(x)


# %% bce: the second weight is 1 - x, not 1 - x_hat.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x_hat) * q).flatten(1).sum(1).mean()


# %% bce: x was cut to a smaller range; leave x as it is, and clamp the logarithms at -100.
def binary_cross_entropy(x, x_hat):
    x = x.clamp(1e-4, 1 - 1e-4)
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce: you summed over the images too; the last step is a mean over the batch.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x) * q).sum()


# %% bce: a minus stands between the two halves; they are added, and one minus stands in front.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p - (1 - x) * q).flatten(1).sum(1).mean()


# %% bce: the products were cut off at -100, or made finite; clamp the logarithms, before they are
# weighed.
def binary_cross_entropy(x, x_hat):
    p = (x * x_hat.log()).nan_to_num(0.0, neginf=-100)
    q = ((1 - x) * (1 - x_hat).log()).nan_to_num(0.0, neginf=-100)
    return -(p + q).flatten(1).sum(1).mean()


# %%
def binary_cross_entropy(x, x_hat):
    p = x * x_hat.log() + (1 - x) * (1 - x_hat).log()
    return -p.nan_to_num(0.0).clamp(min=-100).flatten(1).sum(1).mean()


# %% bce: x_hat was cut to a smaller range before the logarithm, by 1e-7 or the like; that changes
# the value at the ends. Clamp the logarithm at -100.
def binary_cross_entropy(x, x_hat):
    y = x_hat.clamp(1e-7, 1 - 1e-7)
    return -(x * y.log() + (1 - x) * (1 - y).log()).flatten(1).sum(1).mean()


# %%
def binary_cross_entropy(x, x_hat):
    y = x_hat.clamp(1e-6, 1 - 1e-6)
    return -(x * y.log() + (1 - x) * (1 - y).log()).flatten(1).sum(1).mean()


# %%
def binary_cross_entropy(x, x_hat):
    y = x_hat.clamp(1e-8, 1 - 1e-8)
    return -(x * y.log() + (1 - x) * (1 - y).log()).flatten(1).sum(1).mean()


# %%
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy_with_logits(
        torch.logit(x_hat, eps=1e-7), x, reduction="sum"
    ) / len(x)


# %%
def binary_cross_entropy(x, x_hat):
    y = x_hat.clamp(1e-12, 1 - 1e-12)
    return -(x * y.log() + (1 - x) * (1 - y).log().clamp(min=-100)).flatten(1).sum(1).mean()


# %% bce: black pixels of x were left out; they count with the second half.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -((x * p + (1 - x) * q) * (x > 0)).flatten(1).sum(1).mean()


# %% bce: pixels of x up to one half were left out; they count as well.
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -((x * p + (1 - x) * q) * (x > 0.5)).flatten(1).sum(1).mean()


# %% bce, caught: only minus infinity replaced: logarithms between -100 and -inf fall below -100
def binary_cross_entropy(x, x_hat):
    p = torch.nan_to_num(torch.log(x_hat), neginf=-100.0)
    q = torch.nan_to_num(torch.log(1 - x_hat), neginf=-100.0)
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce, caught: dimensions 1 and 2 summed, or 1 alone: (B, 1, h, w) is wrong
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    ell = -(x * p + (1 - x) * q)
    return (ell.sum((1, 2)) if ell.dim() > 2 else ell.sum(1)).mean()


# %% bce, caught: F.binary_cross_entropy with its sum
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x_hat, x, reduction="sum") / len(x)


# %% bce, caught: x_hat cut off at 1e-44
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.clamp(min=1e-44).log(), (1 - x_hat).clamp(min=1e-44).log()
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce, caught: what is no number replaced by 0
def binary_cross_entropy(x, x_hat):
    p = x * x_hat.log() + (1 - x) * (1 - x_hat).log()
    return -p.nan_to_num(0.0).flatten(1).sum(1).mean()


# %% bce, caught: one value an image
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x) * q).flatten(1).sum(1)


# %% bce, caught: nn.BCELoss
def binary_cross_entropy(x, x_hat):
    return nn.BCELoss(reduction="sum")(x_hat, x) / len(x)


# %% bce, caught: squeeze
def binary_cross_entropy(x, x_hat):
    x, x_hat = x.squeeze(), x_hat.squeeze()
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce, caught: logarithms cut off at -10
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-10), (1 - x_hat).log().clamp(min=-10)
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce, caught: a small number in one of the logarithms
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat + 1e-12).log()
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()


# %% bce, right: torch.where on the logarithms
def binary_cross_entropy(x, x_hat):
    floor = torch.tensor(-100.0)
    p, q = torch.maximum(torch.log(x_hat), floor), torch.maximum(torch.log1p(-x_hat), floor)
    return torch.sum(-x * p - (1 - x) * q) / x.shape[0]


# %% bce, right: a loop over the images
def binary_cross_entropy(x, x_hat):
    losses = []
    for a, b in zip(x, x_hat):
        losses.append(-(a * b.log().clamp(-100) + (1 - a) * (1 - b).log().clamp(-100)).sum())
    return torch.stack(losses).mean()


# %% bce, caught: torch's own, with logits
def binary_cross_entropy(x, x_hat):
    logits = torch.logit(x_hat).clamp(-100, 100)
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)


# %% bce, caught: torch's own, for classes
def binary_cross_entropy(x, x_hat):
    log_p = x_hat.log().clamp(min=-100)
    log_q = (1 - x_hat).log().clamp(min=-100)
    scores = torch.stack([log_p, log_q], dim=1)
    target = torch.stack([x, 1 - x], dim=1)
    each = F.cross_entropy(scores, target, reduction="none")
    return each.flatten(1).sum(1).mean()


# %% step: old gradients were added in: zero_grad is missing.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: the parameters never moved: backward or step is missing, or zero_grad comes between the
# two.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    return loss.item()


# %%
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    optimiser.step()
    return loss.item()


# %%
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.zero_grad()
    optimiser.step()
    return loss.item()


# %% step, caught: returns a tensor
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss


# %% step, caught: returns nothing
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


# %% step: this is the loss after the step; return that from before it.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss_function(x, model(x)).item()


# %% step: loss_function takes x first and x_hat second.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(model(x), x)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: the loss was rounded; return it as it is.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return round(loss.item(), 2)


# %% step: the gradients were clipped; that is none of the five steps.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return loss.item()


# %% step: the batch was changed on the way in (its mean taken away?); use x as it comes.
def train_step(model, optimiser, loss_function, x):
    x = x - x.mean()
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: the parameters moved twice as far as they should: backward or step was called twice.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward(retain_graph=True)
    loss.backward()
    optimiser.step()
    return loss.item()


# %%
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    optimiser.step()
    return loss.item()


# %% step: the loss was divided by the number of images; loss_function averages already.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x)) / len(x)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: the given loss_function was not used.
def train_step(model, optimiser, loss_function, x):
    loss = ((model(x) - x) ** 2).flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: an optimiser of its own
def train_step(model, optimiser, loss_function, x):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: two forward passes
def train_step(model, optimiser, loss_function, x):
    before = loss_function(x, model(x)).item()
    optimiser.zero_grad()
    loss_function(x, model(x)).backward()
    optimiser.step()
    return before


# %% step, caught: evaluation mode
def train_step(model, optimiser, loss_function, x):
    model.eval()
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: zero_grad comes last: what was left over from before the first step was added in.
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.step()
    optimiser.zero_grad()
    return loss.item()


# %% step, caught: loss cut to a whole number
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return int(loss)


# %% step, caught: flattens the batch first: a model of images can't take it
def train_step(model, optimiser, loss_function, x):
    x = x.flatten(1)
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: gradient clipped at a large norm
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 100.0)
    optimiser.step()
    return loss.item()


# %% step, caught: a new optimiser each time, so Adam or momentum forgets
def train_step(model, optimiser, loss_function, x):
    optimiser = type(optimiser)(
        optimiser.param_groups[0]["params"], lr=optimiser.param_groups[0]["lr"]
    )
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: loss rounded to four places
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return round(loss.item(), 4)


# %% step, caught: evaluation mode, then training mode
def train_step(model, optimiser, loss_function, x):
    model.eval()
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.train()
    return loss.item()


# %% step, caught: training mode first
def train_step(model, optimiser, loss_function, x):
    model.train()
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: a seed of its own
def train_step(model, optimiser, loss_function, x):
    torch.manual_seed(0)
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: the first 128 images
def train_step(model, optimiser, loss_function, x):
    x = x[:128]
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: gradient descent by hand
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= optimiser.param_groups[0]["lr"] * p.grad
    return loss.item()


# %% step, caught: NumPy's number
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach().numpy()


# %% step, caught: gradients that are None at first
def train_step(model, optimiser, loss_function, x):
    for p in model.parameters():
        p.grad.zero_()
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: gradients cut off at 1000
def train_step(model, optimiser, loss_function, x):
    optimiser.zero_grad()
    model.eval() if not model.training else None
    loss = loss_function(x, model(x))
    loss.backward()
    for p in model.parameters():
        p.grad.nan_to_num_(0.0).clamp_(-1000, 1000)
    optimiser.step()
    return loss.item()


# %% step, right: zero_grad first, on the model
def train_step(model, optimiser, loss_function, x):
    model.zero_grad()
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.step()
    return float(loss.detach())


# %% step, right: set_to_none=False
def train_step(model, optimiser, loss_function, x):
    optimiser.zero_grad(set_to_none=False)
    loss = loss_function(x, model.forward(x))
    value = loss.detach().item()
    loss.backward()
    optimiser.step()
    return value


# %% step, right: a closure
def train_step(model, optimiser, loss_function, x):
    def closure():
        optimiser.zero_grad()
        loss = loss_function(x, model(x))
        loss.backward()
        return loss

    return optimiser.step(closure).item()


# %% step, right: gradients by hand
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    parameters = list(model.parameters())
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = gradient
    optimiser.step()
    return loss.tolist()


# %% step, caught: clears the first parameter group only; leftover gradients in a second group still
# count
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    for p in optimiser.param_groups[0]["params"]:
        p.grad = None
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: the loss is called twice
def train_step(model, optimiser, loss_function, x):
    x_hat = model(x)
    loss = loss_function(x, x_hat)
    value = loss_function(x.detach(), x_hat.detach()).item()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return value


# %% step, caught: one mode for all parts afterwards
def train_step(model, optimiser, loss_function, x):
    mode = model.training
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.train(mode)  # leave the mode as it was
    return loss.item()


# %% model: the tanh is missing in one of the halves, or another squashing (sigmoid, ReLU) stands in
# its place.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %%
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Linear(n, d)
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %%
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Linear(d, n)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %%
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Linear(n, d)
        self.decoder = nn.Linear(d, n)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %%
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %%
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Sigmoid())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %%
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: this is the code; forward has to go on through the decoder.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.encoder(x)


# %% model: the sizes are fixed numbers; take n and d.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 30), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(30, 784), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: n and d are the wrong way round: the encoder leads from n to d, the decoder from d to n.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the biases are missing; an affine map has one for each output.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d, bias=False), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n, bias=False), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: a half has more than one layer; one affine map and a tanh are asked for.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, 8), nn.ReLU(), nn.Linear(8, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the output was cut to the range from 0 to 1 in forward; tanh gives -1 to 1.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x)).clamp(0, 1)


# %% model: a ReLU was taken of the code in forward; it goes into the decoder as it is.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(torch.relu(self.encoder(x)))


# %% model: there is dropout in forward; the code goes into the decoder as it is.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(F.dropout(self.encoder(x), 0.2, self.training))


# %% model: forward squashes the output once more; the decoder ends with a tanh already.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return torch.tanh(self.decoder(self.encoder(x)))


# %% model: x was added to the output; forward is decoder after encoder and nothing else.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return x + self.decoder(self.encoder(x))


# %% model: the mean of the batch was taken away from x in forward; use x as it comes.
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x - x.mean(0)))


# %% model, caught: the code detached
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x).detach())


# %% model, caught: functions in place of modules
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n, d), nn.Tanh(), nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.net(x)


# %% model, caught: remembers the last code in forward and uses it for the next batch of the same
# size
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        self.z = None

    def forward(self, x):
        if self.z is None or len(self.z) != len(x):
            self.z = self.encoder(x)
        return self.decoder(self.z)


# %% model, caught: black and white in evaluation mode
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        y = self.decoder(self.encoder(x))
        return y if self.training else y.sign()


# %% model, caught: float64 throughout
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        self.double()

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: a seed in the constructor
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        torch.manual_seed(0)
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: a pair
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        z = self.encoder(x)
        return z, self.decoder(z)


# %% model, caught: without gradients
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    @torch.no_grad()
    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: a frozen decoder
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        self.decoder.requires_grad_(False)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: a batch normalisation
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.BatchNorm1d(n, affine=False), nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: squeeze
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x)).squeeze()


# %% model, caught: all parameters zero
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        for p in self.parameters():
            nn.init.zeros_(p)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, right: modules of its own
class Autoencoder(nn.Module):
    class Half(nn.Module):
        def __init__(self, a, b):
            super().__init__()
            self.W = nn.Parameter(torch.randn(b, a) / a**0.5)
            self.b = nn.Parameter(torch.randn(b) / 10)

        def forward(self, x):
            return torch.tanh(x @ self.W.T + self.b)

    def __init__(self, n, d):
        super().__init__()
        self.encoder, self.decoder = self.Half(n, d), self.Half(d, n)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, right: biases that start from zero
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        nn.init.zeros_(self.encoder[0].bias)
        nn.init.zeros_(self.decoder[0].bias)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, right: a Sequential of Sequentials
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        half = lambda a, b: nn.Sequential(nn.Linear(a, b), nn.Tanh())
        self.encoder = half(n, d)
        self.decoder = half(d, n)
        self.whole = nn.Sequential(self.encoder, self.decoder)

    def forward(self, x):
        return self.whole(x)


# %% model, right: named parts
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential()
        self.encoder.add_module("affine", nn.Linear(n, d))
        self.encoder.add_module("squash", nn.Tanh())
        self.decoder = nn.Sequential()
        self.decoder.add_module("affine", nn.Linear(d, n))
        self.decoder.add_module("squash", nn.Tanh())

    def forward(self, x):
        z = self.encoder(x)
        x_hat = self.decoder(z)
        return x_hat


# %% model, caught: the encoder's weights all start from 0.1
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        nn.init.constant_(self.encoder[0].weight, 0.1)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: no gradient for x
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x.detach()))


# %% model, caught: one module for both halves where d = n
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = self.encoder if n == d else nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: no gradients in evaluation mode
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        if not self.training:
            with torch.no_grad():
                return self.decoder(self.encoder(x))
        return self.decoder(self.encoder(x))


# %% model, caught: a start by NumPy
import numpy as np


class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        for layer in (self.encoder[0], self.decoder[0]):
            bound = 1 / layer.in_features**0.5
            weight = np.random.uniform(-bound, bound, size=tuple(layer.weight.shape))
            layer.weight.data = torch.tensor(weight, dtype=torch.float32)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% blend: the two images were mixed before encoding; mix the codes.
def blend(model, x_a, x_b, t):
    return model.decoder(model.encoder((1 - t) * x_a + t * x_b))


# %% blend: the two outputs were mixed; mix the codes and decode once.
def blend(model, x_a, x_b, t):
    return (1 - t) * model.decoder(model.encoder(x_a)) + t * model.decoder(model.encoder(x_b))


# %% blend: a and b are swapped: at t = 0 the result is x_a's.
def blend(model, x_a, x_b, t):
    return model.decoder(t * model.encoder(x_a) + (1 - t) * model.encoder(x_b))


# %% blend: this is the mixed code; it still has to be decoded.
def blend(model, x_a, x_b, t):
    return (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)


# %% blend: t was not used: this is the mixture at one half.
def blend(model, x_a, x_b, t):
    return model.decoder((model.encoder(x_a) + model.encoder(x_b)) / 2)


# %% blend: the codes were added, not mixed: the weights are 1 - t and t.
def blend(model, x_a, x_b, t):
    return model.decoder(model.encoder(x_a) + t * model.encoder(x_b))


# %% blend: t = 0 was taken for a missing value (by an `or`?); it is a value like any other.
def blend(model, x_a, x_b, t):
    t = t or 0.5
    return model.decoder((1 - t) * model.encoder(x_a) + t * model.encoder(x_b))


# %% blend: the mixed code was brought to length 1; decode it as it is.
def blend(model, x_a, x_b, t):
    z = (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)
    return model.decoder(F.normalize(z, dim=1))


# %% blend: the code of the first image alone was used of x_a; each image has its own.
def blend(model, x_a, x_b, t):
    z = (1 - t) * model.encoder(x_a[:1]) + t * model.encoder(x_b)
    return model.decoder(z)


# %% blend, caught: mixes in place
def blend(model, x_a, x_b, t):
    z = (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)
    x_a.zero_()
    return model.decoder(z)


# %% blend, caught: evaluation mode
def blend(model, x_a, x_b, t):
    model.eval()
    return model.decoder((1 - t) * model.encoder(x_a) + t * model.encoder(x_b))


# %% blend, caught: float32 in
def blend(model, x_a, x_b, t):
    z = (1 - t) * model.encoder(x_a.float()) + t * model.encoder(x_b.float())
    return model.decoder(z)


# %% blend, caught: float32 out
def blend(model, x_a, x_b, t):
    z = (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)
    return model.decoder(z).float()


# %% blend, caught: the first thousand images
def blend(model, x_a, x_b, t):
    out = [
        model.decoder((1 - t) * model.encoder(a[None]) + t * model.encoder(b[None]))
        for a, b in zip(x_a[:1000], x_b)
    ]
    return torch.cat(out)


# %% blend, caught: squeeze
def blend(model, x_a, x_b, t):
    z = (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)
    return model.decoder(z).squeeze()


# %% blend, caught: t rounded
def blend(model, x_a, x_b, t):
    t = round(t, 1)
    return model.decoder((1 - t) * model.encoder(x_a) + t * model.encoder(x_b))


# %% blend, caught: t squared in one weight
def blend(model, x_a, x_b, t):
    h_a, h_b = model.encoder(x_a), model.encoder(x_b)
    return model.decoder(h_a + t * h_b - h_a * t * t)


# %% blend, right: torch.lerp
def blend(model, x_a, x_b, t):
    return model.decoder(torch.lerp(model.encoder(x_a), model.encoder(x_b), t))


# %% blend, right: one pass for both
def blend(model, x_a, x_b, t):
    h_a, h_b = model.encoder(torch.cat([x_a, x_b])).chunk(2)
    return model.decoder(h_a + t * (h_b - h_a))


# %% blend, right: the ends through the whole model
def blend(model, x_a, x_b, t):
    if t == 0:
        return model(x_a)
    if t == 1:
        return model(x_b)
    return model.decoder((1 - t) * model.encoder(x_a) + t * model.encoder(x_b))


# %% blend, right: without gradients
def blend(model, x_a, x_b, t):
    with torch.no_grad():
        codes = [model.encoder(x) for x in (x_a, x_b)]
        return model.decoder(codes[0] * (1 - t) + codes[1] * t)


# %% blend, caught: mixes in place in the code of a, with an encoder that hands its input through
# (Identity, Flatten) x_a is overwritten
def blend(model, x_a, x_b, t):
    with torch.no_grad():
        h_a = model.encoder(x_a)
        h_b = model.encoder(x_b)
        h_a.mul_(1 - t).add_(h_b, alpha=t)
        return model.decoder(h_a)


# %% blend, caught: in evaluation mode
def blend(model, x_a, x_b, t):
    halves = (model.encoder, model.decoder)
    modes = [[part.training for part in half.modules()] for half in halves]
    for half in halves:
        half.eval()
    with torch.no_grad():
        h = (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)
        x_hat = model.decoder(h)
    for half, mode in zip(halves, modes):
        for part, training in zip(half.modules(), mode):
            part.training = training
    return x_hat


# %% tied: the centre is not taken away before the first product.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return x @ self.weight.T @ self.weight + self.centre


# %% tied: the centre is not added back at the end.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight


# %%
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(d, n))
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight


# %% tied: the second use of the matrix is cut off; no .detach() or .data on it.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight.detach() + self.centre


# %% tied: the first use of the matrix is cut off; no .detach() or .data on it.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.detach().T @ self.weight + self.centre


# %% tied: the centre that is added at the end is cut off; no .detach() or .data on it.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre.detach()


# %% tied: the centre that is taken away first is cut off; no .detach() or .data on it.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre.detach()) @ self.weight.T @ self.weight + self.centre


# %% tied: the rows of the matrix were brought to length 1; use the matrix as it is.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        W = F.normalize(self.weight, dim=1)
        return (x - self.centre) @ W.T @ W + self.centre


# %% tied: the way up uses the pseudo-inverse; W turned round is asked for.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ torch.linalg.pinv(self.weight).T + self.centre


# %% tied: the way up uses a matrix of its own; use self.weight both times.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.up = self.weight.detach().clone()
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.up.to(x) + self.centre


# %%
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.up = nn.Parameter(self.weight.detach().clone())
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.up + self.centre


# %% tied: forward changes the centre (by the mean of the batch?); only an optimiser may move it.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        if self.training:
            self.centre.data = 0.9 * self.centre.data + 0.1 * x.mean(0)
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied: the centre is added first and taken away at the end; it is the other way round.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x + self.centre) @ self.weight.T @ self.weight - self.centre


# %% tied: the centre is used neither before the first product nor after the second.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return x @ self.weight.T @ self.weight


# %% tied, caught: a plain tensor
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = torch.randn(d, n, requires_grad=True)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: the shape turned round
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, d) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight @ self.weight.T + self.centre


# %% tied: a tanh that this linear model does not have.
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return torch.tanh((x - self.centre) @ self.weight.T) @ self.weight + self.centre


# %% tied, caught: seed in the constructor: the start is always the same
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        torch.manual_seed(42)
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: an own generator with a fixed seed
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        g = torch.Generator().manual_seed(0)
        self.weight = nn.Parameter(torch.randn(d, n, generator=g) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: the centre set by the first batch
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        if not self.centre.any():
            self.centre.data = x.mean(0)
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: float64
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n, dtype=torch.float64) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n, dtype=torch.float64))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: a frozen centre
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n), requires_grad=False)

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: a pair
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        z = (x - self.centre) @ self.weight.T
        return z, z @ self.weight + self.centre


# %% tied, caught: x detached
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x.detach() - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: in place
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        x -= self.centre.detach()
        return (x - 0 * self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: squeeze
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return ((x - self.centre) @ self.weight.T @ self.weight + self.centre).squeeze()


# %% tied, right: F.linear
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d, n))
        nn.init.xavier_uniform_(self.weight)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        z = F.linear(x - self.centre, self.weight)
        return F.linear(z, self.weight.T, self.centre)


# %% tied, right: einsum
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(0.8 * torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        z = torch.einsum("dn,bn->bd", self.weight, x - self.centre)
        return torch.einsum("dn,bd->bn", self.weight, z) + self.centre


# %% tied, right: the n x n matrix made first
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(nn.Linear(n, d).weight.detach())
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ (self.weight.T @ self.weight) + self.centre


# %% tied, caught: the start has the size 1/sqrt(d) and not 1/sqrt(n); far too large for n = 784, d
# = 2
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / d**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        z = (x - self.centre) @ self.weight.T
        return z @ self.weight + self.centre


# %% tied, caught: a size that does not depend on n
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(0.05 * torch.randn(d, n))
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: the start has the right shape for d <= n alone
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.linalg.qr(torch.randn(n, d)).Q.T)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: a parameter more, frozen
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))
        self.up = nn.Parameter(torch.zeros(n, d), requires_grad=False)

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre


# %% tied, caught: no gradients in evaluation mode
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        with torch.set_grad_enabled(self.training):
            z = (x - self.centre) @ self.weight.T
            return z @ self.weight + self.centre


# %% pca: the mean was never taken away.
def pca_error(train, test, k):
    axes = torch.linalg.svd(train, full_matrices=False).Vh[:k]
    return (test - test @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: the mean and the axes were fitted to the test set; they come from train alone.
def pca_error(train, test, k):
    mean = test.mean(0)
    axes = torch.linalg.svd(test - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: the test set was centred on its own mean; the training mean is meant.
def pca_error(train, test, k):
    axes = torch.linalg.svd(train - train.mean(0), full_matrices=False).Vh[:k]
    centred = test - test.mean(0)
    return (centred - centred @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: the axes of smallest variance were kept; sort downwards.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.eigh((train - mean).T @ (train - mean)).eigenvectors[:, :k].T
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: you averaged over the features too; sum over them.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().mean().item()


# %% pca: you summed over the samples; average over them.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum().item()


# %% pca: this is the error on the training set.
def pca_error(train, test, k):
    centred = train - train.mean(0)
    axes = torch.linalg.svd(centred, full_matrices=False).Vh[:k]
    return (centred - centred @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: the axes are not sorted by their variance (eig sorts nothing).
def pca_error(train, test, k):
    mean = train.mean(0)
    cov = (train - mean).T @ (train - mean)
    axes = torch.linalg.eig(cov).eigenvectors.real[:, :k]
    gap = test - mean
    return (gap - gap @ axes @ axes.T).square().sum(1).mean().item()


# %% pca: the features were divided by their standard deviations before the axes were found; only
# the mean is taken away.
def pca_error(train, test, k):
    mean, s = train.mean(0), train.std(0)
    axes = torch.linalg.svd((train - mean) / s, full_matrices=False).Vh[:k]
    gap = (test - mean) / s
    return ((gap - gap @ axes.T @ axes) * s).square().sum(1).mean().item()


# %% pca: one mean for all features was taken away; each has its own, mean(0).
def pca_error(train, test, k):
    mean = train.mean()
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: these are the variances of the training set that are left over; project test.
def pca_error(train, test, k):
    return torch.linalg.eigvalsh(torch.cov(train.T))[: train.shape[1] - k].sum().item()


# %% pca: one axis too few was kept.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[: k - 1]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: the axes are the rows of Vh; rows of V, or columns of Vh, were taken.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh.T[:k]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: mean and axes were fitted to both sets together; they come from train alone.
def pca_error(train, test, k):
    both = torch.cat([train, test])
    mean = both.mean(0)
    axes = torch.linalg.svd(both - mean, full_matrices=False).Vh[:k]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca: the lengths of the errors were averaged; average their squares.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).norm(dim=1).mean().item()


# %% pca: a root was taken at the end.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().sqrt().item()


# %% pca: the mean was not added back after the projection.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    back = (test - mean) @ axes.T @ axes
    return (test - back).square().sum(1).mean().item()


# %% pca: the training mean was not taken away from test.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    return (test - test @ axes.T @ axes).square().sum(1).mean().item()


# %% pca, caught: returns a tensor
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean()


# %% pca: all axes were kept, or more than k.
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean().item()


# %%
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[: k + 1]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca, caught: covariance as mean of products less product of means, in float32: cancels for
# large means
def pca_error(train, test, k):
    mean = train.mean(0)
    cov = train.T @ train / len(train) - torch.outer(mean, mean)
    axes = torch.linalg.eigh(cov).eigenvectors[:, -k:]
    gap = test - mean
    return (gap - gap @ axes @ axes.T).square().sum(1).mean().item()


# %% pca, caught: rounded to four places
def pca_error(train, test, k):
    mean = train.mean(0)
    V = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = test - mean
    return round((gap - gap @ V.T @ V).square().sum(1).mean().item(), 4)


# %% pca, caught: pca_lowrank, which is not exact
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.pca_lowrank(train, q=k)[2]
    gap = test - mean
    return (gap - gap @ axes @ axes.T).square().sum(1).mean().item()


# %% pca, caught: float32 throughout
def pca_error(train, test, k):
    train, test = train.float(), test.float()
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca, caught: the first thousand training samples
def pca_error(train, test, k):
    train = train[:1000]
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = test - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca, caught: the first thousand test samples
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = test[:1000] - mean
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca, caught: squeeze
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    gap = (test - mean).squeeze()
    return (gap - gap @ axes.T @ axes).square().sum(1).mean().item()


# %% pca, caught: fifty rounds of power iteration
def pca_error(train, test, k):
    mean = train.mean(0)
    C = (train - mean).T @ (train - mean)
    Q = torch.linalg.qr(torch.eye(len(C), dtype=C.dtype)[:, :k] + 0.1).Q
    for _ in range(50):
        Q = torch.linalg.qr(C @ Q).Q
    gap = test - mean
    return (gap - gap @ Q @ Q.T).square().sum(1).mean().item()


# %% pca, caught: a small number added
def pca_error(train, test, k):
    mean = train.mean(0)
    C = (train - mean).T @ (train - mean) + 1e-3 * torch.eye(train.shape[1], dtype=train.dtype)
    axes = torch.linalg.eigh(C).eigenvectors[:, -k:]
    gap = test - mean
    return (gap - gap @ axes @ axes.T).square().sum(1).mean().item() + 1e-6


# %% pca, right: eigh of the covariance
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.eigh(torch.cov(train.T)).eigenvectors[:, -k:]
    z = (test - mean) @ axes
    return float(((test - mean) - z @ axes.T).pow(2).sum(dim=1).mean())


# %% pca, right: scikit-learn
def pca_error(train, test, k):
    from sklearn.decomposition import PCA

    pca = PCA(k, svd_solver="full").fit(train.numpy())
    back = torch.from_numpy(pca.inverse_transform(pca.transform(test.numpy())))
    return ((test - back) ** 2).sum(1).mean().item()


# %% pca, right: what the kept axes leave over
def pca_error(train, test, k):
    mean = train.mean(0)
    U, S, Vh = torch.linalg.svd(train - mean)
    left_over = (test - mean) @ Vh[k:].T
    return left_over.norm(dim=1).square().mean().item()


# %% pca, caught: whitened and back: 0 / 0 where pixels are black in all of train
def pca_error(train, test, k):
    mean = train.mean(0)
    U, S, Vh = torch.linalg.svd(train - mean, full_matrices=False)
    z = (test - mean) @ Vh[:k].T / S[:k]
    back = (z * S[:k]) @ Vh[:k]
    return ((test - mean) - back).square().sum(1).mean().item()
