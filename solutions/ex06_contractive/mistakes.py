# Answers to set 06, wrong and right. classwork/tabulate.py says how they are written.

# %% one: this is W alone; the slope of the sigmoid is missing.
def jacobian(x, W, b):
    return W.clone()


# %% one: the rows were multiplied by the code z; the slope of the sigmoid is meant.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return z[:, None] * W


# %% one: half of the slope is missing: the sigmoid's has two factors.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return (1 - z)[:, None] * W


# %% one: the slope of tanh, 1 - z², was used with the code of a sigmoid.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return (1 - z**2).unsqueeze(1) * W


# %% one: this is the Jacobian of a tanh encoder; here it is a sigmoid.
def jacobian(x, W, b):
    z = torch.tanh(W @ x + b)
    return (1 - z**2).unsqueeze(1) * W


# %% one: the bias b is missing.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x)
    return (z * (1 - z)).unsqueeze(1) * W


# %% one: the slope was formed from W x + b before the squashing; it is formed from the code.
def jacobian(x, W, b):
    a = W @ x + b
    return (a * (1 - a)).unsqueeze(1) * W


# %% one, caught: slopes on the columns
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return z * (1 - z) * W


# %% one: it is turned round: a row for each unit, a column for each pixel.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return W.T * (z * (1 - z))


# %% one: the slopes were squared; that belongs to the norm, not to the Jacobian.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return ((z * (1 - z)) ** 2)[:, None] * W


# %% one: the rows were added up; each unit keeps its own.
def jacobian(x, W, b):
    x = x.clone().requires_grad_()
    torch.sigmoid(W @ x + b).sum().backward()
    return x.grad


# %% one: this is the squared norm already; the matrix itself is asked for here.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return ((z * (1 - z))[:, None] * W).square().sum()


# %% one, caught: slopes into W itself
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    W *= (z * (1 - z))[:, None]
    return W


# %% one, caught: float64
def jacobian(x, W, b):
    x, W, b = x.double(), W.double(), b.double()
    z = torch.sigmoid(W @ x + b)
    return (z * (1 - z))[:, None] * W


# %% one, caught: values of the example
def jacobian(x, W, b):
    return torch.full_like(W, 0.25) * W


# %% one, caught: sizes of the example
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    J = torch.zeros(2, 3)
    for i in range(2):
        for j in range(3):
            J[i, j] = z[i] * (1 - z[i]) * W[i, j]
    return J


# %% one: the sigmoid was applied twice.
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    s = torch.sigmoid(z) * (1 - torch.sigmoid(z))
    return s[:, None] * W


# %% one, caught: finite differences in double
def jacobian(x, W, b):
    X, V, c = x.double(), W.double(), b.double()
    e = 1e-5 * torch.eye(len(x), dtype=torch.float64)
    f = lambda v: torch.sigmoid(v @ V.T + c)  # noqa: E731
    return ((f(X + e) - f(X - e)) / 2e-5).T.to(x.dtype)


# %% one, caught: squeezed
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b)
    return ((z * (1 - z))[:, None] * W).squeeze()


# %% one, caught: differences in float32 with a large step
def jacobian(x, W, b):
    e = 1e-2
    f = lambda v: torch.sigmoid(W @ v + b)  # noqa: E731
    steps = e * torch.eye(len(x), dtype=x.dtype)
    cols = [(f(x + u) - f(x - u)) / (2 * e) for u in steps]
    return torch.stack(cols, 1)


# %% one, caught: float32 inside
def jacobian(x, W, b):
    z = torch.sigmoid(W.float() @ x.float() + b.float()).to(x.dtype)
    return (z * (1 - z))[:, None] * W


# %% one, caught: slopes clamped away from 0
def jacobian(x, W, b):
    z = torch.sigmoid(W @ x + b).clamp(1e-6, 1 - 1e-6)
    return (z * (1 - z))[:, None] * W


# %% one, right: jacrev
def jacobian(x, W, b):
    return torch.func.jacrev(lambda v: torch.sigmoid(W @ v + b))(x)


# %% one, right: autograd.functional
def jacobian(x, W, b):
    return torch.autograd.functional.jacobian(lambda v: F.linear(v, W, b).sigmoid(), x)


# %% one, right: a diagonal matrix
def jacobian(x, W, b):
    z = 1 / (1 + torch.exp(-(W @ x + b)))
    return torch.diag(z * (1 - z)) @ W


# %% one, right: row by row
def jacobian(x, W, b):
    J = torch.empty_like(W)
    for i in range(len(W)):
        z = torch.sigmoid((W[i] * x).sum() + b[i])
        J[i] = z * (1 - z) * W[i]
    return J


# %% one, right: outer product
def jacobian(x, W, b):
    a = W.mv(x) + b
    slope = torch.sigmoid(a) * torch.sigmoid(-a)
    return torch.outer(slope, torch.ones_like(x)) * W


# %% one, right: one backward pass a row
def jacobian(x, W, b):
    x = x.clone().requires_grad_()
    z = torch.sigmoid(W @ x + b)
    return torch.stack([torch.autograd.grad(unit, x, retain_graph=True)[0] for unit in z])


# %% one, caught: slope as exp(-t) / (1 + exp(-t))^2 gives inf/inf = nan for a strongly negative t
# (below about -89 in float32), where it is 0
def jacobian(x, W, b):
    t = W @ x + b
    e = torch.exp(-t)
    slopes = e / (1 + e) ** 2
    return slopes.unsqueeze(1) * W


# %% one, caught: backward fills .grad of a W that learns
def jacobian(x, W, b):
    x = x.detach().clone().requires_grad_()
    z = torch.sigmoid(W @ x + b)
    rows = []
    for j in range(len(z)):
        x.grad = None
        z[j].backward(retain_graph=True)
        rows.append(x.grad.clone())
    return torch.stack(rows)


# %% batch: these are the Jacobians of a sigmoid encoder; here it is tanh.
def jacobians(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z))[:, :, None] * W


# %% batch: the slope of a sigmoid, z (1 - z), was used with the code of a tanh.
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return (z * (1 - z))[:, :, None] * W


# %% batch: the slope is 1 - z here; the code has to be squared in it.
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - z)[:, :, None] * W


# %% batch: the slope was formed from W x + b before the squashing; it is formed from the code.
def jacobians(x, W, b):
    a = x.flatten(1) @ W.T + b
    return (1 - a**2)[:, :, None] * W


# %% batch: the bias b is missing.
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T)
    return (1 - z**2)[:, :, None] * W


# %% batch: the Jacobians were averaged over the images; each image has its own.
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return ((1 - z**2)[:, :, None] * W).mean(0)


# %% batch: the images come first, then the units: (B, d, n), not (d, B, n).
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return torch.einsum("bd,dn->dbn", 1 - z**2, W)


# %% batch: each Jacobian is turned round: a row for each unit, a column for each pixel.
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return torch.einsum("bd,dn->bnd", 1 - z**2, W)


# %% batch, caught: images not flattened
def jacobians(x, W, b):
    z = torch.tanh(x @ W.T + b)
    return (1 - z**2)[:, :, None] * W


# %% batch: the batch was differentiated as a whole, so each code also by the pixels of all the
# other images.
def jacobians(x, W, b):
    return torch.autograd.functional.jacobian(lambda v: torch.tanh(v @ W.T + b), x.flatten(1))


# %% batch, caught: batch size of the test
def jacobians(x, W, b):
    z = torch.tanh(x.reshape(3, -1) @ W.T + b)
    return (1 - z**2).view(3, -1, 1) * W


# %% batch, caught: float64
def jacobians(x, W, b):
    z = np.tanh(x.flatten(1).double().numpy() @ W.double().numpy().T + b.double().numpy())
    return torch.from_numpy((1 - z**2)[:, :, None] * W.double().numpy())


import numpy as np


# %% batch, caught: changes x in place
def jacobians(x, W, b):
    x.mul_(2).sub_(1)
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - z**2)[:, :, None] * W


# %% batch: the Jacobians were added up over the images; each image has its own.
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - z**2).sum(0)[:, None] * W


# %% batch: this is W, once for each image; the slopes are missing.
def jacobians(x, W, b):
    return W.repeat(len(x), 1, 1)


# %% batch, caught: squeezed
def jacobians(x, W, b):
    z = torch.tanh(x.flatten(1) @ W.T + b)
    return ((1 - z.square())[:, :, None] * W).squeeze(0)


# %% batch, caught: finite differences in double
def jacobians(x, W, b):
    X, V, c = x.flatten(1).double(), W.double(), b.double()
    f = lambda v: torch.tanh(v @ V.T + c)  # noqa: E731
    steps = 1e-5 * torch.eye(X.shape[1], dtype=torch.float64)
    cols = [(f(X + u) - f(X - u)) / 2e-5 for u in steps]
    return torch.stack(cols, 2).to(x.dtype)


# %% batch, right: vmap of jacrev
def jacobians(x, W, b):
    return torch.vmap(torch.func.jacrev(lambda v: torch.tanh(W @ v + b)))(x.flatten(1))


# %% batch, right: a loop over the images
def jacobians(x, W, b):
    out = []
    for image in x:
        z = (W @ image.flatten() + b).tanh()
        out.append(torch.diag(1 - z * z) @ W)
    return torch.stack(out)


# %% batch, right: einsum
def jacobians(x, W, b):
    z = torch.tanh(torch.einsum("bn,dn->bd", x.reshape(x.shape[0], -1), W) + b)
    return torch.einsum("bd,dn->bdn", (1 + z) * (1 - z), W)


# %% batch, right: diag_embed and cosh
def jacobians(x, W, b):
    a = F.linear(x.flatten(start_dim=1), W, b)
    return torch.diag_embed(1 / torch.cosh(a) ** 2) @ W


# %% batch, right: one unit at a time by autograd
def jacobians(x, W, b):
    x = x.detach().flatten(1).clone().requires_grad_()
    z = torch.tanh(x @ W.T + b)
    rows = [torch.autograd.grad(z[:, i].sum(), x, retain_graph=True)[0] for i in range(z.shape[1])]
    return torch.stack(rows, dim=1)


# %% batch, caught: tanh by exp, which overflows
def jacobians(x, W, b):
    t = x.flatten(1) @ W.T + b
    z = (t.exp() - (-t).exp()) / (t.exp() + (-t).exp())
    return (1 - z.square())[:, :, None] * W


# %% batch, caught: each Jacobian squeezed: for one unit or one pixel a dimension is lost
def jacobians(x, W, b):
    flat = x.detach().flatten(1)

    def encode(image):
        return torch.tanh(image @ W.T + b)

    each = [
        torch.autograd.functional.jacobian(encode, flat[i : i + 1]).squeeze()
        for i in range(len(flat))
    ]
    return torch.stack(each)


# %% norm: the slopes were not squared.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z)) @ W.square().sum(1)


# %% norm: the weights were not squared.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z)).square() @ W.sum(1)


# %% norm: a square root was taken: this is the norm, not its square.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((z * (1 - z)).square() @ W.square().sum(1)).sqrt()


# %% norm: the slope of tanh was used; here it is a sigmoid.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (1 - z**2).square() @ W.square().sum(1)


# %% norm: it was averaged over the images; one number for each is asked for.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((z * (1 - z)).square() @ W.square().sum(1)).mean()


# %% norm, caught: weights summed over the units
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z)).square() @ W.square().sum(0)


# %% norm: it was averaged over all entries of the Jacobian; the squared norm is their sum.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((z * (1 - z)).square() * W.square().mean(1)).mean(1)


# %% norm: two sums were multiplied; each unit's squared slope belongs to its own row of W.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z)).square().sum(1) * W.square().sum()


# %% norm: the units were added up before squaring; square first.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((z * (1 - z)) @ W).square().sum(1)


# %%
def squared_norm(x, W, b):
    x = x.flatten(1).clone().requires_grad_()
    z = torch.sigmoid(x @ W.T + b)
    (g,) = torch.autograd.grad(z.sum(), x, create_graph=True)
    return g.square().sum(1)


# %% norm: the Jacobians were formed (by broadcasting, jacrev, or an einsum of three tensors). Sum
# over the pixels before the images come in.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((z * (1 - z))[:, :, None] * W).square().sum((1, 2))


# %%
def squared_norm(x, W, b):
    J = torch.vmap(torch.func.jacrev(lambda v: torch.sigmoid(W @ v + b)))(x.flatten(1))
    return J.square().sum((1, 2))


# %%
def squared_norm(x, W, b):
    flat = x.flatten(1)
    z = torch.sigmoid(flat @ W.T + b)
    slopes = z * (1 - z)
    if torch.is_grad_enabled() and (W.requires_grad or b.requires_grad):
        J = slopes.unsqueeze(2) * W  # keeps the graph
        return J.square().sum(dim=(1, 2))
    return slopes.square() @ W.square().sum(dim=1)  # fast way for evaluation


# %%
def squared_norm(x, W, b):
    norms = []
    for part_of_x in x.flatten(1).split(4):
        z = torch.sigmoid(part_of_x @ W.T + b)
        J = (z * (1 - z))[:, :, None] * W
        norms.append(J.square().sum(dim=(1, 2)))
    return torch.cat(norms)


# %% norm: it comes through the slopes alone; the weights that multiply them are cut off (.data,
# .detach(), no_grad).
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z)).square() @ W.data.square().sum(1)


# %% norm, caught: the matrix detached
def squared_norm(x, W, b):
    with torch.no_grad():
        z = torch.sigmoid(x.flatten(1) @ W.T + b)
        rows = W.square().sum(1)
    return (z * (1 - z)).square() @ rows + 0 * b.sum()


# %% norm, caught: through NumPy
def squared_norm(x, W, b):
    z = 1 / (1 + np.exp(-(x.flatten(1).numpy() @ W.numpy().T + b.numpy())))
    return torch.from_numpy((z * (1 - z)) ** 2 @ (W.numpy() ** 2).sum(1))


import numpy as np


# %% norm, caught: without gradients
@torch.no_grad()
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z)).square() @ W.square().sum(1)


# %% norm: the bias b is missing.
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T)
    return (z * (1 - z)).square() @ W.square().sum(1)


# %% norm, caught: images not flattened
def squared_norm(x, W, b):
    z = torch.sigmoid(x @ W.T + b)
    return (z * (1 - z)).square() @ W.square().sum(1)


# %% norm, caught: float64
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1).double() @ W.T.double() + b.double())
    return (z * (1 - z)).square() @ W.double().square().sum(1)


# %% norm: a dimension of size 1 is left over (keepdim?).
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((z * (1 - z)).square() * W.square().sum(1)).sum(1, keepdim=True)


# %% norm, caught: slope by exp, which overflows
def squared_norm(x, W, b):
    e = torch.exp(-(x.flatten(1) @ W.T + b))
    return (e / (1 + e) ** 2).square() @ W.square().sum(1)


# %% norm, caught: length of the rows plus a small number
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (z * (1 - z) + 1e-8).square() @ (W.square().sum(1) + 1e-8)


# %% norm, caught: clamped slopes
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b).clamp(1e-6, 1 - 1e-6)
    return (z * (1 - z)).square() @ W.square().sum(1)


# %% norm, right: the Jacobian formed in parts of two images
def squared_norm(x, W, b):
    out = []
    for part in x.split(2):
        z = torch.sigmoid(part.flatten(1) @ W.T + b)
        out.append(((z * (1 - z))[:, :, None] * W).square().sum((1, 2)))
    return torch.cat(out)


# %% norm, right: the diagonal of W times its transpose
def squared_norm(x, W, b):
    z = torch.sigmoid(W @ x.flatten(1).T + b[:, None])
    return (W @ W.T).diagonal() @ (z * (1 - z)) ** 2


# %% norm, right: einsum of two
def squared_norm(x, W, b):
    z = torch.sigmoid(F.linear(x.flatten(1), W, b))
    return torch.einsum("bd,d->b", z**2 * (1 - z) ** 2, torch.einsum("dn,dn->d", W, W))


# %% norm, right: a loop over the images
def squared_norm(x, W, b):
    norms = []
    for image in x:
        z = torch.sigmoid(W @ image.reshape(-1) + b)
        norms.append((torch.diag(z * (1 - z)) @ W).pow(2).sum())
    return torch.stack(norms)


# %% norm, right: a loop over the units
def squared_norm(x, W, b):
    total = 0
    for w, c in zip(W, b):
        z = torch.sigmoid(x.flatten(1) @ w + c)
        total = total + (z * (1 - z)) ** 2 * (w @ w)
    return total


# %% norm, right: one unit at a time by autograd
def squared_norm(x, W, b):
    x = x.detach().flatten(1).requires_grad_()
    z = torch.sigmoid(x @ W.T + b)
    rows = [torch.autograd.grad(z[:, i].sum(), x, create_graph=True)[0] for i in range(len(W))]
    return sum(row.square().sum(1) for row in rows)


# %% norm, right: lengths of the rows by norm
def squared_norm(x, W, b):
    z = torch.special.expit(x.flatten(1) @ W.t() + b)
    return ((z - z * z) * W.norm(dim=1)).pow(2).sum(dim=1)


# %% norm, caught: length by a square root, squared again: the gradient is nan for a row of W that
# is 0 throughout (a unit with no weights)
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    slopes = z * (1 - z)
    lengths = torch.sqrt((W**2).sum(dim=1))
    return ((slopes * lengths) ** 2).sum(dim=1)


# %% norm, caught: slopes by exp: the gradient of saturated units is nan
def squared_norm(x, W, b):
    t = x.flatten(1) @ W.T + b
    s = 1 / (2 + torch.exp(t) + torch.exp(-t))
    return s.square() @ W.square().sum(1)


# %% norm, caught: slopes by logarithms: the gradient of saturated units is nan
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    s = torch.exp(torch.log(z) + torch.log(1 - z))
    return s.square() @ W.square().sum(1)


# %% norm, caught: a root whose gradient is nan where all is saturated
def squared_norm(x, W, b):
    z = torch.sigmoid(x.flatten(1) @ W.T + b)
    slope = z * (1 - z)
    norm = torch.sqrt(slope.square() @ W.square().sum(dim=1))
    return norm**2


# %% norm: the Jacobians were formed (by broadcasting, jacrev, or an einsum of three tensors). Sum
# over the pixels before the images come in.
def squared_norm(x, W, b):
    if x.dim() > 2:
        z = torch.sigmoid(x.flatten(1) @ W.T + b)
        J = (z * (1 - z))[:, :, None] * W
        return J.square().sum(dim=(1, 2))
    z = torch.sigmoid(x @ W.T + b)
    return (z * (1 - z)).square() @ W.square().sum(1)


# %% deep: the slopes 1 - a² of the first layer are missing.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: the slopes z (1 - z) of the second layer are missing.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    M = W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: the slope of the first layer is 1 - a here; a has to be squared in it.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a)[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: the slope of the first layer is a (1 - a) here; that is a sigmoid's, and a comes from a
# tanh.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (a * (1 - a))[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: both layers are sigmoids here; the first is a tanh.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.sigmoid(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (a * (1 - a))[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: both layers are tanhs here; the second is a sigmoid.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.tanh(a @ W2.T + b2)
    M = (1 - z.square())[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: all squares were multiplied and added up: this takes the diagonal of W1 W1ᵀ alone, but
# the units of the middle layer work together.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M.square() @ W1.square().sum(1)).sum(1)


# %% deep: the squared norms of the two layers were multiplied; the norm of a product is not the
# product of the norms.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    first = (1 - a.square()).square() @ W1.square().sum(1)
    return first * ((z * (1 - z)).square() @ W2.square().sum(1))


# %% deep: the squared norms of the two layers were added up; the Jacobians are multiplied.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    first = (1 - a.square()).square() @ W1.square().sum(1)
    return first + (z * (1 - z)).square() @ W2.square().sum(1)


# %% deep: this is the squared norm of M, by the middle layer; W1 is missing from the product.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return M.square().sum((1, 2))


# %% deep: the result of the matrix product was squared; it has to be multiplied with M.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T)).square().sum((1, 2))


# %% deep: the units were added up before squaring; square first.
def squared_norm_deep(x, W1, b1, W2, b2):
    x = x.flatten(1).clone().requires_grad_()
    z = torch.sigmoid(torch.tanh(x @ W1.T + b1) @ W2.T + b2)
    (g,) = torch.autograd.grad(z.sum(), x, create_graph=True)
    return g.square().sum(1)


# %% deep: a square root was taken: this is the norm, not its square.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2)).sqrt()


# %% deep: it was averaged over the images; one number for each is asked for.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2)).mean()


# %% deep: it was averaged over the units of the code; add them up.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum(2).mean(1)


# %% deep: the bias b1 is missing.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: the bias b2 is missing.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep: the Jacobians were formed. Multiply W1 with itself before the images come in.
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ W1).square().sum((1, 2))


# %%
def squared_norm_deep(x, W1, b1, W2, b2):
    x = x.flatten(1)
    f = lambda v: torch.sigmoid(torch.tanh(v @ W1.T + b1) @ W2.T + b2)  # noqa: E731
    J = torch.autograd.functional.jacobian(f, x, create_graph=True)
    return J.square().sum((1, 2, 3))


# %%
def squared_norm_deep(x, W1, b1, W2, b2):
    def one(v):
        return torch.sigmoid(W2 @ torch.tanh(W1 @ v + b1) + b2)

    return torch.func.vmap(torch.func.jacrev(one))(x.flatten(1)).square().sum((1, 2))


# %%
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    first = (1 - a.square()).unsqueeze(2) * W1  # (B, m, n)
    gram = first @ first.transpose(1, 2)  # (B, m, m)
    lengths = ((W2 @ gram) * W2).sum(dim=2)  # (B, d)
    return ((z * (1 - z)).square() * lengths).sum(dim=1)


# %% deep, caught: the product of W1 with itself is cut off
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    with torch.no_grad():
        gram = W1 @ W1.T
    return (M @ gram * M).sum((1, 2))


# %% deep, caught: the slopes are cut off
def squared_norm_deep(x, W1, b1, W2, b2):
    with torch.no_grad():
        a = torch.tanh(x.flatten(1) @ W1.T + b1)
        z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2)) + 0 * (b1.sum() + b2.sum())


# %% deep, caught: cut off altogether
def squared_norm_deep(x, W1, b1, W2, b2):
    with torch.no_grad():
        a = torch.tanh(x.flatten(1) @ W1.T + b1)
        z = torch.sigmoid(a @ W2.T + b2)
        M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
        return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: the rows' graph is missing, so nothing can learn
def squared_norm_deep(x, W1, b1, W2, b2):
    x = x.detach().flatten(1).clone().requires_grad_()
    z = torch.sigmoid(torch.tanh(x @ W1.T + b1) @ W2.T + b2)
    rows = [torch.autograd.grad(z[:, j].sum(), x, retain_graph=True)[0] for j in range(len(b2))]
    return sum(row.square().sum(1) for row in rows)


# %% deep, caught: float32
def squared_norm_deep(x, W1, b1, W2, b2):
    x, W1, b1, W2, b2 = (v.float() for v in (x, W1, b1, W2, b2))
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: squeezed
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2)).squeeze()


# %% deep, caught: view on the pixels
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.view(len(x), -1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: images not flattened
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: at most 32 units
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    total = x.new_zeros(len(x))
    for j in range(min(len(b1), 32)):
        for k in range(min(len(b1), 32)):
            both = (1 - a[:, j].square()) * (1 - a[:, k].square()) * (W1[j] @ W1[k])
            total = total + both * ((z * (1 - z)).square() @ (W2[:, j] * W2[:, k]))
    return total


# %% deep, caught: values of the example
def squared_norm_deep(x, W1, b1, W2, b2):
    return torch.full((len(x),), 0.375) + 0 * (W1.sum() + W2.sum() + b1.sum() + b2.sum())


# %% deep, caught: z flattened twice, chunks
def squared_norm_deep(x, W1, b1, W2, b2):
    out = []
    for part in x.flatten(1).split(512)[:2]:
        a = torch.tanh(part @ W1.T + b1)
        z = torch.sigmoid(a @ W2.T + b2)
        M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
        out.append((M @ (W1 @ W1.T) * M).sum((1, 2)))
    return torch.cat(out)


# %% deep, caught: the bias of the second layer cut off
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2.detach())
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: gradient through a missing (only the direct one)
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a.detach() @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: columns and rows exchanged where the sizes are equal
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    s, t = z * (1 - z), 1 - a.square()
    rows, columns = (t, s) if len(b1) == len(b2) else (s, t)
    M = rows[:, :, None] * W2 * columns[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, right: one unit of the code at a time
def squared_norm_deep(x, W1, b1, W2, b2):
    a = F.linear(x.flatten(1), W1, b1).tanh()
    total = 0
    for w, c in zip(W2, b2):
        z = torch.sigmoid(a @ w + c)
        row = (z * (1 - z))[:, None] * (w * (1 - a**2))
        total = total + ((row @ W1) ** 2).sum(1)
    return total


# %% deep, right: einsums of two and three
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = torch.einsum("bd,dm->bdm", z - z * z, W2) * (1 - a * a)[:, None]
    half = torch.einsum("bdm,mk->bdk", M, torch.einsum("mn,kn->mk", W1, W1))
    return torch.einsum("bdk,bdk->b", half, M)


# %% deep, right: image by image
def squared_norm_deep(x, W1, b1, W2, b2):
    norms = []
    for image in x.flatten(1):
        a = torch.tanh(W1 @ image + b1)
        z = torch.sigmoid(W2 @ a + b2)
        J = torch.diag(z * (1 - z)) @ W2 @ torch.diag(1 - a**2) @ W1
        norms.append(J.square().sum())
    return torch.stack(norms)


# %% deep, right: one unit at a time by autograd
def squared_norm_deep(x, W1, b1, W2, b2):
    x = x.detach().flatten(1).requires_grad_()
    z = torch.sigmoid(torch.tanh(x @ W1.T + b1) @ W2.T + b2)
    rows = [torch.autograd.grad(z[:, j].sum(), x, create_graph=True)[0] for j in range(len(b2))]
    return sum(row.square().sum(1) for row in rows)


# %% deep, right: the trace of MᵀM times the product of W1 with itself
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.reshape(len(x), -1) @ W1.T + b1)
    z = torch.special.expit(a @ W2.T + b2)
    M = torch.diag_embed(z * (1 - z)) @ W2 @ torch.diag_embed(1 - a.pow(2))
    return ((M.mT @ M) * (W1 @ W1.mT)).sum(dim=(1, 2))


# %% deep, caught: W1 W1^T is kept between calls for the same W1: stale after an optimiser step, and
# its graph is freed at the second backward
_gram = {}


def squared_norm_deep(x, W1, b1, W2, b2):
    # the same for all images and batches, so compute it once per matrix
    if id(W1) not in _gram:
        _gram[id(W1)] = (W1, W1 @ W1.T)
    G = _gram[id(W1)][1]
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z)).unsqueeze(2) * W2 * (1 - a**2).unsqueeze(1)
    return ((M @ G) * M).sum(dim=(1, 2))


# %% deep, caught: slopes of at least 1e-4
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (
        (z * (1 - z)).clamp(min=1e-4)[:, :, None]
        * W2
        * (1 - a.square()).clamp(min=1e-4)[:, None, :]
    )
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: tanh by exp, which overflows
def squared_norm_deep(x, W1, b1, W2, b2):
    t = x.flatten(1) @ W1.T + b1
    a = (t.exp() - (-t).exp()) / (t.exp() + (-t).exp())
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2))


# %% deep, caught: a root, squared again: the gradient is nan where the norm is 0
def squared_norm_deep(x, W1, b1, W2, b2):
    a = torch.tanh(x.flatten(1) @ W1.T + b1)
    z = torch.sigmoid(a @ W2.T + b2)
    M = (z * (1 - z))[:, :, None] * W2 * (1 - a.square())[:, None, :]
    return (M @ (W1 @ W1.T) * M).sum((1, 2)).sqrt().square()


# %% deep: the Jacobians were formed. Multiply W1 with itself before the images come in.
def squared_norm_deep(x, W1, b1, W2, b2):
    norms = []
    for part in x.flatten(1).split(4):
        a = torch.tanh(part @ W1.T + b1)
        z = torch.sigmoid(a @ W2.T + b2)
        M = (z * (1 - z))[:, :, None] * W2 * (1 - a**2)[:, None, :]
        norms.append((M @ W1).square().sum(dim=(1, 2)))
    return torch.cat(norms)


# %% loss: the reconstruction was averaged over the pixels; sum over them, then average over the
# images.
def contractive_loss(x, x_hat, z, W, lam):
    return F.mse_loss(x_hat, x) + lam * ((z * (1 - z)).square() @ W.square().sum(1)).mean()


# %% loss: the penalty was summed over the images; average over them, as for the reconstruction.
def contractive_loss(x, x_hat, z, W, lam):
    reconstruction = (x_hat - x).square().flatten(1).sum(1).mean()
    return reconstruction + lam * ((z * (1 - z)).square() * W.square().sum(1)).sum()


# %% loss: both terms were summed over the images; average over them.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).sum()


# %% loss: the penalty was averaged over all entries of the Jacobian; sum over units and pixels.
def contractive_loss(x, x_hat, z, W, lam):
    J = (z * (1 - z))[:, :, None] * W
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * J.square().mean()


# %% loss: the penalty was averaged over the units, or halved; sum over them.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = ((z * (1 - z)).square() * W.square().sum(1)).mean()
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * penalty


# %% loss: lam was not used: the penalty counts once.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + penalty).mean()


# %% loss: lam stands on the reconstruction; it belongs on the penalty.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return (lam * (x_hat - x).square().flatten(1).sum(1) + penalty).mean()


# %% loss: the reconstruction was weighed with 1 - lam; its weight is 1.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((1 - lam) * (x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss: the slopes z (1 - z) were not squared.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)) @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss: a square root was taken of the penalty.
def contractive_loss(x, x_hat, z, W, lam):
    J = (z * (1 - z))[:, :, None] * W
    return ((x_hat - x).square().flatten(1).sum(1) + lam * torch.linalg.matrix_norm(J)).mean()


# %% loss: the reconstruction was halved, or only one of the dimensions of an image was summed.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((x_hat - x) ** 2).sum(-1).mean() + lam * penalty.mean()


# %% loss: the average over the images is missing: there is still one value an image.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return (x_hat - x).square().flatten(1).sum(1) + lam * penalty


# %% loss, caught: W.data as in old scripts
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.data.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss, caught: the codes detached
def contractive_loss(x, x_hat, z, W, lam):
    z = z.detach()
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss: in 1 - z the code is cut off; no .detach() or .data on it.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z.detach())).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss: one of the two factors of the square is cut off; no .detach() or .data on it.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ (W * W.detach()).sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss, caught: penalty as a plain number
def contractive_loss(x, x_hat, z, W, lam):
    penalty = ((z * (1 - z)).square() @ W.square().sum(1)).mean().item()
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * penalty


# %% loss, caught: cut off altogether
def contractive_loss(x, x_hat, z, W, lam):
    with torch.no_grad():
        penalty = (z * (1 - z)).square() @ W.square().sum(1)
        return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss: the slope of tanh was used; z comes from a sigmoid.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (1 - z**2).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss: the slopes are missing: this punishes large weights (weight decay), not a large Jacobian.
def contractive_loss(x, x_hat, z, W, lam):
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * W.square().sum()


# %% loss: the penalty is missing, or was rounded down to 0: this is the reconstruction alone.
def contractive_loss(x, x_hat, z, W, lam):
    penalty = ((z * (1 - z)).square() @ W.square().sum(1)).sum()
    penalty = torch.div(penalty, len(x), rounding_mode="floor")
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * penalty


# %% loss, caught: changes x_hat in place
def contractive_loss(x, x_hat, z, W, lam):
    x_hat.data.sub_(x)
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return (x_hat.square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss, caught: batch size of the test
def contractive_loss(x, x_hat, z, W, lam):
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((x_hat - x).square().sum() + lam * penalty.sum()) / 3


# %% loss, caught: float64
def contractive_loss(x, x_hat, z, W, lam):
    z, W = z.double(), W.double()
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss, caught: codes clamped
def contractive_loss(x, x_hat, z, W, lam):
    z = z.clamp(0.01, 0.99)
    penalty = (z * (1 - z)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()


# %% loss, right: two means
def contractive_loss(x, x_hat, z, W, lam):
    reconstruction = F.mse_loss(x_hat, x, reduction="sum") / len(x)
    slopes = z * (1 - z)
    return reconstruction + lam * torch.mean(slopes**2 @ torch.sum(W**2, dim=1))


# %% loss, right: with the Jacobians
def contractive_loss(x, x_hat, z, W, lam):
    J = torch.einsum("bd,dn->bdn", z - z**2, W)
    return ((x_hat - x).flatten(1).norm(dim=1) ** 2 + lam * J.pow(2).sum(dim=(1, 2))).mean()


# %% loss, right: a loop over the images
def contractive_loss(x, x_hat, z, W, lam):
    losses = []
    for a, b, code in zip(x, x_hat, z):
        J = (code * (1 - code)).unsqueeze(1) * W
        losses.append(((a - b) ** 2).sum() + lam * (J * J).sum())
    return sum(losses) / len(losses)


# %% loss, right: nothing to do where lam is 0
def contractive_loss(x, x_hat, z, W, lam):
    loss = (x - x_hat).pow(2).sum() / x.shape[0]
    if lam:
        loss = loss + lam * ((z * (1 - z)) ** 2 * (W**2).sum(1)[None]).sum(1).mean()
    return loss


# %% loss, caught: through the logits: the gradient is nan for codes of 0 and 1
def contractive_loss(x, x_hat, z, W, lam):
    t = torch.logit(z)
    s = torch.sigmoid(t) * torch.sigmoid(-t)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * (s.square() @ W.square().sum(1))).mean()


# %% loss, caught: at most three dimensions of an image are summed
def contractive_loss(x, x_hat, z, W, lam):
    error = (x_hat - x).square()
    for _ in ("width", "height", "channel"):
        if error.dim() > 1:
            error = error.sum(dim=-1)
    penalty = (z * (1 - z)).square() @ W.square().sum(dim=1)
    return error.mean() + lam * penalty.mean()


# %% loss, caught: F.pairwise_distance adds 1e-6 to each difference
def contractive_loss(x, x_hat, z, W, lam):
    reconstruction = F.pairwise_distance(x_hat.flatten(1), x.flatten(1)).square()
    penalty = (z * (1 - z)).square() @ W.square().sum(dim=1)
    return (reconstruction + lam * penalty).mean()


# %% loss, caught: a root whose gradient is nan where nothing is wrong
def contractive_loss(x, x_hat, z, W, lam):
    distance = torch.sqrt(((x_hat - x).flatten(1) ** 2).sum(dim=1))
    penalty = ((z * (1 - z)) ** 2 * (W**2).sum(dim=1)).sum(dim=1)
    return torch.mean(distance**2 + lam * penalty)


# %% check: that the value has a graph is not enough: the graph has to lead to the matrix handed in.
def penalty_has_gradient(penalty, W):
    value = penalty(W.detach().clone().requires_grad_())
    return isinstance(value, torch.Tensor) and value.requires_grad


# %%
def penalty_has_gradient(penalty, W):
    value = penalty(W.detach().clone().requires_grad_())
    return getattr(value, "grad_fn", None) is not None


# %% check, caught: a number is not expected
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not value.requires_grad:
        return False
    (gradient,) = torch.autograd.grad(value, copy, allow_unused=True)
    return gradient is not None and bool(gradient.isfinite().all() and gradient.any())


# %% check: a graph is not enough: after rounding, the gradient is 0 throughout.
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    try:
        penalty(copy).backward()
    except (RuntimeError, AttributeError):
        return False
    return copy.grad is not None


# %% check: autograd refuses //; catch the RuntimeError.
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        return False
    try:
        gradient = torch.autograd.grad(value, copy, allow_unused=True)[0]
    except RuntimeError:
        return True
    return gradient is not None and bool(gradient.isfinite().all() and gradient.any())


# %% check: a gradient with nan in it counts as none; look with isfinite.
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        return bool(torch.autograd.grad(value, copy)[0].any())
    except RuntimeError:
        return False


# %% check: one entry that is not 0 is enough; not all of them have to be.
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        gradient = torch.autograd.grad(value, copy)[0]
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.all())


# %% check: the sum of the gradient says little: its entries may cancel, or be negative.
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        gradient = torch.autograd.grad(value, copy)[0]
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.sum() != 0)


# %% check: a small gradient is a gradient; compare its entries with 0, not with a threshold, and
# not their norm, which may round to 0.
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        gradient = torch.autograd.grad(value, copy)[0]
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.abs().max() > 1e-6)


# %%
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        (gradient,) = torch.autograd.grad(value, copy)
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.square().sum() > 0)


# %%
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        (gradient,) = torch.autograd.grad(value, copy)
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and (gradient.abs() > 1e-20).any())


# %% check, caught: a tensor for a bool
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        gradient = torch.autograd.grad(value, copy)[0]
    except RuntimeError:
        return False
    return gradient.isfinite().all() & gradient.any()


# %% check, caught: works on W itself
def penalty_has_gradient(penalty, W):
    W.requires_grad_()
    value = penalty(W)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        gradient = torch.autograd.grad(value, W)[0]
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.any())


# %% check, caught: clears W.grad
def penalty_has_gradient(penalty, W):
    asked = W.requires_grad
    W.requires_grad_()
    W.grad = None
    value = penalty(W)
    try:
        value.backward()
        return W.grad is not None and bool(W.grad.isfinite().all() and W.grad.any())
    except (RuntimeError, AttributeError):
        return False
    finally:
        W.grad = None
        W.requires_grad_(asked)


# %% check: a copy of W has to ask for a gradient before the penalty is computed from it.
def penalty_has_gradient(penalty, W):
    value = penalty(W)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        gradient = torch.autograd.grad(value, W)[0]
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.any())


# %% check: a Python number has no graph; look at the type before you ask autograd.
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone()
    return abs(float(penalty(copy)) - float(penalty(copy + 0.1))) > 0


# %%
def penalty_has_gradient(penalty, W):
    with torch.no_grad():
        before = float(penalty(W))
        W += 0.01
        return float(penalty(W)) != before


# %%
def penalty_has_gradient(penalty, W):
    return True


# %% check, caught: by the norm, which overflows
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        (gradient,) = torch.autograd.grad(value, copy)
    except RuntimeError:
        return False
    return bool(gradient.square().sum().isfinite() and gradient.any())


# %% check, caught: a float32 copy
def penalty_has_gradient(penalty, W):
    copy = torch.tensor(W.tolist(), requires_grad=True)
    try:
        value = penalty(copy)
        (gradient,) = torch.autograd.grad(value, copy)
    except (RuntimeError, AttributeError, TypeError):
        return False
    return bool(gradient.isfinite().all() and gradient.any())


# %% check, caught: what stands in W.grad is thrown away
def penalty_has_gradient(penalty, W):
    asked = W.requires_grad
    W.requires_grad_()
    value = penalty(W)
    try:
        found = torch.autograd.grad(value, W)[0]
        return bool(found.isfinite().all() and found.any())
    except (RuntimeError, AttributeError, TypeError):
        return False
    finally:
        W.grad = None
        W.requires_grad_(asked)


# %% check: backward() fills .grad of every tensor that the value was made from, W's own too. Ask
# torch.autograd.grad(value, copy) for the one gradient that you need.
def penalty_has_gradient(penalty, W):
    leaf = torch.tensor(W.tolist(), dtype=W.dtype, requires_grad=True)
    try:
        penalty(leaf).backward()
    except Exception:
        return False
    g = leaf.grad
    if g is None or g.isnan().any() or g.isinf().any():
        return False
    return (g != 0).any().item()


# %% check, right: allow_unused
def penalty_has_gradient(penalty, W):
    W = nn.Parameter(W.detach().clone())
    value = penalty(W)
    if not torch.is_tensor(value) or not value.requires_grad:
        return False
    try:
        gradient = torch.autograd.grad(value, [W], allow_unused=True)[0]
    except RuntimeError:
        return False
    if gradient is None or not torch.isfinite(gradient).all():
        return False
    return gradient.count_nonzero().item() > 0


# %% check, right: largest absolute value
def penalty_has_gradient(penalty, W):
    W = W.clone().detach().requires_grad_(True)
    value = penalty(W)
    if isinstance(value, (int, float)) or value.grad_fn is None:
        return False
    try:
        gradient = torch.autograd.grad(value, W, materialize_grads=True)[0]
    except RuntimeError:
        return False
    largest = gradient.abs().max().item()
    return 0 < largest < float("inf")


# %% check, caught: a float is expected, a whole number is not
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if isinstance(value, float):
        return False
    try:
        (gradient,) = torch.autograd.grad(value, copy)
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.any())


# %% check, caught: a value of 0 is taken for no gradient
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor) or value == 0:
        return False
    try:
        (gradient,) = torch.autograd.grad(value, copy)
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.any())


# %% check, caught: the sum of the absolute values overflows
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        (gradient,) = torch.autograd.grad(value, copy)
    except RuntimeError:
        return False
    total = gradient.abs().sum()
    return bool(total.isfinite() and total > 0)


# %% check, caught: the sum of squares in double, which rounds to 0 or overflows in float64
def penalty_has_gradient(penalty, W):
    M = W.detach().clone().requires_grad_()
    value = penalty(M)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        (gradient,) = torch.autograd.grad(value, M)
    except RuntimeError:
        return False
    size = gradient.double().square().sum().item()  # double, so that nothing rounds to 0
    return 0 < size < float("inf")


# %% check, caught: -inf counts as finite
def penalty_has_gradient(penalty, W):
    M = W.detach().clone().requires_grad_()
    value = penalty(M)
    if not torch.is_tensor(value) or not value.requires_grad:
        return False
    try:
        gradient = torch.autograd.grad(value, M, allow_unused=True)[0]
    except RuntimeError:
        return False
    if gradient is None or torch.isnan(gradient).any() or (gradient == float("inf")).any():
        return False
    return bool((gradient != 0).any())


# %% check, caught: no clone: a penalty that changes its matrix changes W
def penalty_has_gradient(penalty, W):
    M = W.detach().requires_grad_(True)
    value = penalty(M)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        (gradient,) = torch.autograd.grad(value, M)
    except RuntimeError:
        return False
    return bool(torch.isfinite(gradient).all()) and bool(gradient.any())


# %% check, caught: backward fills .grad of what else the penalty reads
def penalty_has_gradient(penalty, W):
    kept = W.grad
    M = W.detach().clone().requires_grad_()
    value = penalty(M)
    try:
        value.backward()
    except (RuntimeError, AttributeError):
        return False
    finally:
        if W.grad is not kept:
            W.grad = kept
    if M.grad is None:
        return False
    return bool(M.grad.isfinite().all() and M.grad.count_nonzero() > 0)


# %% slopes: this is a one-sided difference, from W to W + eps V; take W - eps V as well.
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W)) / eps).item()


# %% slopes: the two points are 2 eps apart, not eps.
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / eps).item()


# %% slopes: the difference was multiplied by eps; it is divided by it.
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / 2 * eps).item()


# %% slopes: the difference was not divided by anything.
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, (penalty(W + eps * V) - penalty(W - eps * V)).item()


# %% slopes: every entry was moved alike; move along V.
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps) - penalty(W - eps)) / (2 * eps)).item()


# %% slopes: V was brought to length 1; it is used as it is.
def compare_slopes(penalty, W, V, eps):
    V = V / V.norm()
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes: the entries of the gradient were added up without V.
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = torch.autograd.grad(value, leaf)[0].sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes: this is the length of the gradient; multiply it with V and add up.
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = torch.autograd.grad(value, leaf)[0].norm().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes, caught: fails where nothing arrives
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    penalty(leaf).backward()
    difference = penalty(W + eps * V) - penalty(W - eps * V)
    return (leaf.grad * V).sum().item(), (difference / (2 * eps)).item()


# %% slopes, caught: tensors for floats
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = torch.tensor(0.0)
    if value.requires_grad:
        slope = (torch.autograd.grad(value, leaf)[0] * V).sum()
    return slope, (penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)


# %% slopes: this is the other slope, or one by a tiny step in place of eps; or is the pair the
# wrong way round?
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item(), slope


# %%
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, slope


# %% slopes, caught: steps in place
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    W += eps * V
    above = penalty(W)
    W -= 2 * eps * V
    return slope, ((above - penalty(W)) / (2 * eps)).item()


# %% slopes, caught: no gradient taken for None
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    gradient = torch.autograd.grad(penalty(leaf), leaf, allow_unused=True)[0]
    slope = 0.0 if gradient is None else (gradient * V).sum().item()
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes: this is the other slope, or one by a tiny step in place of eps; or is the pair the
# wrong way round?
def compare_slopes(penalty, W, V, eps):
    slope = ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()
    return slope, slope


# %% slopes, caught: float32
def compare_slopes(penalty, W, V, eps):
    W, V = W.float(), V.float()
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes, caught: the gradients of two penalties are added in W.grad
def compare_slopes(penalty, W, V, eps):
    W.requires_grad_()
    value = penalty(W)
    slope = 0.0
    if value.requires_grad:
        value.backward()
        slope = (W.grad * V).sum().item()
    with torch.no_grad():
        return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes, caught: eps of at most 1
def compare_slopes(penalty, W, V, eps):
    eps = min(eps, 1.0)
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes, caught: eps of at least 0.01
def compare_slopes(penalty, W, V, eps):
    eps = max(eps, 1e-2)
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()


# %% slopes, caught: float32 for the values
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V).float() - penalty(W - eps * V).float()) / (2 * eps)).item()


# %% slopes, caught: eps added to the distance
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps + 1e-8)).item()


# %% slopes, right: torch.func.grad
def compare_slopes(penalty, W, V, eps):
    by_autograd = torch.sum(torch.func.grad(penalty)(W) * V)
    by_differences = (penalty(W + eps * V) - penalty(W - eps * V)) / eps / 2
    return float(by_autograd), float(by_differences)


# %% slopes, right: the derivative along a line
def compare_slopes(penalty, W, V, eps):
    step = torch.zeros((), dtype=W.dtype, requires_grad=True)
    value = penalty(W + step * V)
    slope = torch.autograd.grad(value, step)[0].item() if value.requires_grad else 0.0
    low, high = (penalty(W + s * eps * V).item() for s in (-1, 1))
    return slope, (high - low) / (2 * eps)


# %% slopes, right: try and except
def compare_slopes(penalty, W, V, eps):
    leaf = nn.Parameter(W.clone())
    try:
        penalty(leaf).backward()
        by_autograd = torch.dot(leaf.grad.flatten(), V.flatten()).item()
    except RuntimeError:
        by_autograd = 0.0
    values = [penalty(W.clone().add_(V, alpha=a)).tolist() for a in (eps, -eps)]
    return [by_autograd, (values[0] - values[1]) * 0.5 / eps]


# %% slopes, caught: V cut off at -3 and 3
def compare_slopes(penalty, W, V, eps):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    by_autograd = 0.0
    if value.requires_grad:
        by_autograd = (torch.autograd.grad(value, copy)[0] * V.clamp(-3, 3)).sum().item()
    by_differences = (penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)
    return by_autograd, by_differences.item()


# %% slopes, caught: W is moved in place and put back, so what the penalty reads from outside moves
# too
def compare_slopes(penalty, W, V, eps):
    M = W.clone().requires_grad_()
    value = penalty(M)
    by_autograd = 0.0
    if value.requires_grad:
        (G,) = torch.autograd.grad(value, M)
        by_autograd = (G * V).sum().item()
    saved = W.clone()
    W.copy_(saved + eps * V)
    plus = penalty(W).item()
    W.copy_(saved - eps * V)
    minus = penalty(W).item()
    W.copy_(saved)
    return by_autograd, (plus - minus) / (2 * eps)


# %% slopes, caught: the differences under no_grad, where a penalty with autograd inside fails
def compare_slopes(penalty, W, V, eps):
    M = W.detach().clone().requires_grad_()
    value = penalty(M)
    if value.requires_grad:
        (G,) = torch.autograd.grad(value, M)
        by_autograd = float((G * V).sum())
    else:
        by_autograd = 0.0
    with torch.no_grad():  # no gradient is needed here
        difference = penalty(W + eps * V) - penalty(W - eps * V)
    return by_autograd, float(difference) / (2 * eps)


# %% repair: it is still rounded: the division by the number of images must not cut off what follows
# the point.
def repaired_penalty(encoder, x):
    return published_penalty(encoder, x)


# %%
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = torch.zeros(())
    for unit in range(z.shape[1]):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return torch.div(total, len(x), rounding_mode="floor")


# %%
def repaired_penalty(encoder, x):
    return torch.func.jacrev(encoder)(x).square().sum() // len(x)


# %% repair: autograd.grad gives rows without a graph of their own, unless it is told to; or look
# for .detach(), .item().
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = torch.zeros(())
    for unit in range(z.shape[1]):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, retain_graph=True)
        total = total + row.square().sum()
    return total / len(x)


# %%
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = torch.zeros(())
    for unit in range(z.shape[1]):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, create_graph=True)
        total = total + row.detach().square().sum()
    return total / len(x)


# %%
def repaired_penalty(encoder, x):
    of = torch.autograd.functional.jacobian
    J = torch.stack([of(encoder, image[None])[0, :, 0] for image in x])
    return J.square().sum((1, 2)).mean()


# %% repair, caught: requires_grad_ at the end
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = torch.zeros(())
    for unit in range(z.shape[1]):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, retain_graph=True)
        total = total + row.square().sum()
    return (total / len(x)).requires_grad_()


# %% repair, caught: first unit only
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    (row,) = torch.autograd.grad(encoder(x)[:, 0].sum(), x, create_graph=True)
    return row.square().sum() / len(x)


# %% repair: it was summed over the images; average over them.
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = torch.zeros(())
    for unit in range(z.shape[1]):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return total


# %% repair: the units were added up before squaring; square first.
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    (row,) = torch.autograd.grad(encoder(x).sum(), x, create_graph=True)
    return row.square().sum() / len(x)


# %% repair: this is the closed form of one sigmoid layer; here the encoder may be any.
def repaired_penalty(encoder, x):
    z = encoder(x)
    return ((z * (1 - z)).square() @ encoder[0].weight.square().sum(1)).mean()


# %%
def repaired_penalty(encoder, x):
    z = encoder(x)
    return ((z * (1 - z)).square() @ encoder[0].weight.data.square().sum(1)).mean()


# %% repair: it was averaged over the units; sum over them.
def repaired_penalty(encoder, x):
    J = torch.func.vmap(torch.func.jacrev(encoder))(x)
    return J.square().sum(2).mean()


# %% repair: there is still one value an image; average over them.
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2))


# %% repair, caught: x asks for a gradient afterwards
def repaired_penalty(encoder, x):
    x.requires_grad_()
    z = encoder(x)
    rows = [torch.autograd.grad(z[:, i].sum(), x, create_graph=True)[0] for i in range(z.shape[1])]
    return sum(row.square().sum() for row in rows) / len(x)


# %% repair: it was rounded to a whole number.
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2)).mean().round()


# %% repair, caught: a float
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2)).mean().item()


# %% repair, caught: float64
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).double().square().sum((1, 2)).mean()


# %% repair, caught: sizes of the test
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = 0
    for unit in range(2):
        (row,) = torch.autograd.grad(z[:, min(unit, z.shape[1] - 1)].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return total / 4


# %% repair, caught: at most 64 units
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = 0
    for unit in range(min(64, z.shape[1])):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return total / len(x)


# %% repair, caught: backward fills the parameters' gradients
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = 0
    for unit in range(z.shape[1]):
        x.grad = None
        z[:, unit].sum().backward(create_graph=True)
        total = total + x.grad.square().sum()
    return total / len(x)


# %% repair, caught: an encoder with layers only
def repaired_penalty(encoder, x):
    assert list(encoder.parameters())
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2)).mean()


# %% repair, caught: divided by a fixed batch
def repaired_penalty(encoder, x):
    J = torch.func.vmap(torch.func.jacrev(encoder))(x[:256])
    return J.square().sum((1, 2)).mean()


# %% repair, right: vmap of jacrev
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2)).mean()


# %% repair, right: jacfwd, image by image
def repaired_penalty(encoder, x):
    return sum((torch.func.jacfwd(encoder)(image) ** 2).sum() for image in x) / x.shape[0]


# %% repair, right: autograd.functional with its graph
def repaired_penalty(encoder, x):
    J = torch.autograd.functional.jacobian(lambda v: encoder(v).sum(0), x, create_graph=True)
    return J.pow(2).sum() / len(x)


# %% repair, right: the script with backward-hungry lists
def repaired_penalty(encoder, x):
    x = torch.tensor(x.numpy(), requires_grad=True)
    codes = encoder(x)
    norms = torch.zeros(len(x))
    for unit in codes.unbind(1):
        row = torch.autograd.grad(unit, x, grad_outputs=torch.ones_like(unit), create_graph=True)[0]
        norms = norms + (row**2).sum(1)
    return norms.mean()


# %% repair, caught: eval() and then train() whatever the mode was before: an encoder in eval mode
# comes back in train mode
def repaired_penalty(encoder, x):
    if isinstance(encoder, nn.Module):
        encoder.eval()
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = 0
    for unit in range(z.shape[1]):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, create_graph=True)
        total = total + row.square().sum()
    if isinstance(encoder, nn.Module):
        encoder.train()
    return total / len(x)


# %% repair, caught: each nn.Sequential is taken for affine maps and sigmoids
def repaired_penalty(encoder, x):
    if isinstance(encoder, nn.Sequential):
        a, J = x, torch.eye(x.shape[1], dtype=x.dtype).expand(len(x), -1, -1)
        for layer in encoder:
            a = layer(a)
            J = layer.weight @ J if isinstance(layer, nn.Linear) else (a * (1 - a))[:, :, None] * J
        return J.square().sum() / len(x)
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = 0
    for unit in range(z.shape[1]):
        (row,) = torch.autograd.grad(z[:, unit].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return total / len(x)


# %% repair, caught: what stood in .grad is lost
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    z = encoder(x)
    total = 0
    for unit in range(z.shape[1]):
        x.grad = None
        z[:, unit].sum().backward(create_graph=True)
        total = total + x.grad.square().sum()
    if isinstance(encoder, nn.Module):
        encoder.zero_grad()
    return total / len(x)


# %% directions: they are squared: these are the eigenvalues of J Jᵀ.
def directions(J, share):
    s = torch.linalg.eigvalsh(J @ J.mT).flip(1)[:, : min(J.shape[1:])]
    reached = s.cumsum(1) / s.sum(1, keepdim=True)
    return s, (reached < share).sum(1) + 1


# %%
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square_()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions: the smallest comes first; sort downwards.
def directions(J, share):
    s = torch.linalg.eigvalsh(J @ J.mT).clamp(min=0).sqrt()
    q = s.square().flip(1)
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions: these are of the average Jacobian; each image has its own.
def directions(J, share):
    s = torch.linalg.svdvals(J.mean(0))
    q = s.square()
    return s, (q.cumsum(0) / q.sum() < share).sum() + 1


# %% directions: the singular values were added up, not their squares.
def directions(J, share):
    s = torch.linalg.svdvals(J)
    return s, (s.cumsum(1) / s.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions: one too few: this counts the running sums that are still below the share, and one
# more is needed to reach it.
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1)


# %% directions: this counts the running sums that have reached the share already.
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) >= share).sum(1)


# %% directions: all images were counted together; each has its own number.
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square().sum(0)
    return s, ((q.cumsum(0) / q.sum() < share).sum() + 1).repeat(len(J))


# %% directions: all singular values were counted, or the smallest first, or the running sums run
# over the images.
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square().flip(1)
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions: this counts the singular values above a share of the largest; their squares are to
# be added up.
def directions(J, share):
    s = torch.linalg.svdvals(J)
    return s, (s >= share * s[:, :1]).sum(1)


# %% directions, caught: eigvals of a matrix that is not square
def directions(J, share):
    s = torch.linalg.eigvals(J).abs()
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions, caught: d values where n is smaller
def directions(J, share):
    s = torch.linalg.eigvalsh(J @ J.mT).clamp(min=0).sqrt().flip(1)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions, caught: counts as floats
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).float().sum(1) + 1


# %% directions, caught: a list of counts
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, ((q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1).tolist()


# %% directions, caught: brings J to norm 1 in place
def directions(J, share):
    norm = J.flatten(1).norm(dim=1)
    J /= norm[:, None, None]
    s = torch.linalg.svdvals(J)
    return s * norm[:, None], (s.square().cumsum(1) < share).sum(1) + 1


# %% directions: share was not used: these are the counts for 0.8.
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < 0.8).sum(1) + 1


# %% directions, caught: float64
def directions(J, share):
    s = torch.from_numpy(np.linalg.svd(J.double().numpy(), compute_uv=False))
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


import numpy as np


# %% directions, caught: a small number in the division
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / (q.sum(1, keepdim=True) + 1e-8) < share).sum(1) + 1


# %% directions, caught: at most 20
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()[:, :20]
    return s, (q.cumsum(1) / s.square().sum(1, keepdim=True) < share).sum(1) + 1


# %% directions, caught: singular values below 1e-4 are set to 0
def directions(J, share):
    s = torch.linalg.svdvals(J)
    s = torch.where(s > 1e-4, s, 0.0)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions, caught: the first 512 images
def directions(J, share):
    s = torch.linalg.svdvals(J[:512])
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1


# %% directions, right: eigenvalues of the smaller product, in double
def directions(J, share):
    D = J.double()
    q = torch.linalg.eigvalsh(D @ D.mT if J.shape[1] <= J.shape[2] else D.mT @ D)
    q = q.clamp(min=0).flip(1)
    return q.sqrt().to(J.dtype), (q.cumsum(1) < share * q.sum(1, keepdim=True)).sum(1) + 1


# %% directions, right: what is left over
def directions(J, share):
    s = torch.linalg.svdvals(J)
    tail = s.square().flip(1).cumsum(1).flip(1)
    return s, (tail > (1 - share) * s.square().sum(1, keepdim=True)).sum(1)


# %% directions, right: argmax of the first that reaches it
def directions(J, share):
    s = torch.linalg.svd(J, full_matrices=False).S
    reached = torch.cumsum(s**2, dim=1) / torch.sum(s**2, dim=1, keepdim=True) >= share
    return s, reached.int().argmax(dim=1) + 1


# %% directions, right: loops
def directions(J, share):
    s = torch.stack([torch.linalg.svdvals(matrix) for matrix in J])
    counts = []
    for values in s.tolist():
        total, so_far, k = sum(v * v for v in values), 0.0, 0
        while so_far < share * total:
            so_far += values[k] ** 2
            k += 1
        counts.append(k)
    return s, torch.tensor(counts)


# %% directions, right: searchsorted through NumPy
def directions(J, share):
    s = np.linalg.svd(J.numpy(), compute_uv=False)
    k = [int(np.searchsorted(np.cumsum(v**2) / np.sum(v**2), share)) + 1 for v in s]
    return torch.from_numpy(s), torch.tensor(k)


import numpy as np


# %% directions, caught: the share cut off at 0.1 and 0.96
def directions(J, share):
    share = min(max(share, 0.1), 0.96)
    s = torch.linalg.svdvals(J)
    sq = s.square()
    return s, ((sq.cumsum(1) / sq.sum(1, keepdim=True)) < share).sum(1) + 1


# %% directions, caught: one too many where the share is reached exactly
def directions(J, share):
    s = torch.linalg.svdvals(J)
    squares = s.square()
    running = squares.cumsum(dim=1) / squares.sum(dim=1, keepdim=True)
    k = (running <= share).sum(dim=1) + 1
    return s, k.clamp(max=s.shape[1])


# %% directions, caught: roots of eigenvalues in float32: small singular values are lost
def directions(J, share):
    J = J.detach()
    gram = J @ J.mT if J.shape[1] <= J.shape[2] else J.mT @ J
    squares = torch.linalg.eigvalsh(gram).flip(-1).clamp(min=0)
    s = squares.sqrt()
    running = squares.cumsum(dim=-1) / squares.sum(dim=-1, keepdim=True)
    return s, 1 + (running < share).sum(dim=-1)


# %% along: t was used with the length that it has; bring each to length 1.
def along_and_across(J, t):
    along = (J @ t[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along: t was divided by the length of the whole batch; each image has its own.
def along_and_across(J, t):
    u = t / t.norm()
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along: t was divided by lengths taken over the images; take them over the pixels (dim=1).
def along_and_across(J, t):
    u = t / t.norm(dim=0)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %%
def along_and_across(J, t):
    u = F.normalize(t, dim=0)
    along = torch.einsum("bdn,bn->bd", J, u).pow(2).sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along: it was divided by n; n - 1 directions are orthogonal to u.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / J.shape[2]


# %% along: it was summed over the directions, or divided by d - 1; average over the n - 1
# directions.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, J.square().sum((1, 2)) - along


# %%
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / max(J.shape[1] - 1, 0.5)


# %% along: this is the length of J u; its square is asked for.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].norm(dim=1)
    across = ((J.square().sum((1, 2)) - along**2) / (J.shape[2] - 1)).sqrt()
    return along, across


# %% along: the part along u was not taken away.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, J.square().sum((1, 2)) / (J.shape[2] - 1)


# %% along: this is the mean over all n directions; the one along u has to be taken away.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, J.square().sum(1).mean(1)


# %% along: every J was multiplied with every t; each image has its own.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u.T).square().sum(1)
    return along, (J.square().sum((1, 2), keepdim=True)[..., 0] - along) / (J.shape[2] - 1)


# %% along: this is the largest squared singular value; the direction is given by t.
def along_and_across(J, t):
    q = torch.linalg.svdvals(J).square()
    return q[:, 0], q[:, 1:].sum(1) / (J.shape[2] - 1)


# %% along: it was averaged over the units; add up their squares.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().mean(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along: the pair is the wrong way round: along, then across.
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return (J.square().sum((1, 2)) - along) / (J.shape[2] - 1), along


# %% along, caught: t changed in place
def along_and_across(J, t):
    t /= t.norm(dim=1, keepdim=True)
    along = (J @ t[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along, caught: the n of the example
def along_and_across(J, t):
    u = (t / t.norm(dim=1, keepdim=True)).view(-1, 3, 1)
    along = (J @ u)[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / 2


# %% along, caught: float64
def along_and_across(J, t):
    J, t = J.double(), t.double()
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along, caught: lengths of at least 1e-6
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True).clamp(min=1e-6)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along, caught: cut off
@torch.no_grad()
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along, caught: along cut off in across
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(1)
    return along, (J.square().sum((1, 2)) - along.detach()) / (J.shape[2] - 1)


# %% along, right: the part across by projection
def along_and_across(J, t):
    u = F.normalize(t, dim=1, eps=1e-30).unsqueeze(2)
    Ju = torch.bmm(J, u)
    rest = J - Ju @ u.mT
    return Ju.pow(2).sum((1, 2)), rest.pow(2).sum((1, 2)) / (J.shape[-1] - 1)


# %% along, right: an orthonormal basis from QR
def along_and_across(J, t):
    B, d, n = J.shape
    basis = torch.linalg.qr(torch.cat([t[:, :, None], torch.eye(n).expand(B, n, n)], dim=2)).Q
    answers = (J @ basis).square().sum(1)
    return answers[:, 0], answers[:, 1:].mean(1)


# %% along, right: a loop over the images
def along_and_across(J, t):
    along, across = [], []
    for matrix, direction in zip(J, t):
        u = direction / direction.square().sum().sqrt()
        null = torch.linalg.svd(u[None]).Vh[1:]
        along.append(((matrix @ u) ** 2).sum())
        across.append(torch.stack([((matrix @ v) ** 2).sum() for v in null]).mean())
    return torch.stack(along), torch.stack(across)


# %% along, right: quadratic forms
def along_and_across(J, t):
    gram = J.mT @ J
    along = torch.einsum("bi,bij,bj->b", t, gram, t) / torch.einsum("bi,bi->b", t, t)
    trace = gram.diagonal(dim1=1, dim2=2).sum(1)
    return [along, (trace - along) / (t.shape[1] - 1)]


# %% along, caught: F.normalize divides by at least 1e-12: a shorter t (any length except 0) does
# not get length 1
def along_and_across(J, t):
    u = F.normalize(t, dim=1)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(dim=1)
    across = (J.square().sum(dim=(1, 2)) - along) / (J.shape[2] - 1)
    return along, across


# %% along, caught: lengths of at most 1000
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True).clamp(max=1e3)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)


# %% along, caught: across of at least 0.001
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(1)
    return along, ((J.square().sum((1, 2)) - along) / (J.shape[2] - 1)).clamp(min=1e-3)


# %% along, caught: Gram-Schmidt from u and e_2 on: no basis where the first entry of t is 0
def along_and_across(J, t):
    n = t.shape[1]
    u = t / t.norm(dim=1, keepdim=True)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(dim=1)
    basis, total = [u], torch.zeros_like(along)
    for i in range(1, n):
        v = torch.zeros_like(u)
        v[:, i] = 1
        for _ in range(2):  # twice, for accuracy
            for q in basis:
                v = v - (v * q).sum(dim=1, keepdim=True) * q
        v = v / v.norm(dim=1, keepdim=True).clamp_min(1e-12)
        basis.append(v)
        total = total + torch.einsum("bdn,bn->bd", J, v).square().sum(dim=1)
    return along, total / (n - 1)


# %% along, caught: all directions over the longest, then F.normalize: a short one beside it is not
# of length 1
def along_and_across(J, t):
    t = t / t.abs().max()  # F.normalize has an eps of 1e-12
    u = F.normalize(t, dim=1)
    along = torch.einsum("bdn,bn->bd", J, u).square().sum(dim=1)
    across = (J.flatten(1).square().sum(dim=1) - along) / (J.shape[2] - 1)
    return along, across
