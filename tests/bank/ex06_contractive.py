# Answers to set 06 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex06-one | wrong | no slope | slope of the sigmoid is missing
def jacobian(x, W, b):
    return W.clone()

# %% ex06-one | wrong | the code for the slope | multiplied by the code h
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    return h[:, None] * W

# %% ex06-one | wrong | one factor of the slope | two factors
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    return (1 - h)[:, None] * W

# %% ex06-one | wrong | slope of tanh | slope of tanh, 1 - h²
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    return (1 - h**2).unsqueeze(1) * W

# %% ex06-one | wrong | tanh throughout | tanh encoder
def jacobian(x, W, b):
    h = torch.tanh(W @ x + b)
    return (1 - h**2).unsqueeze(1) * W

# %% ex06-one | wrong | no bias | bias b is missing
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x)
    return (h * (1 - h)).unsqueeze(1) * W

# %% ex06-one | wrong | slope from before the squashing | before the squashing
def jacobian(x, W, b):
    a = W @ x + b
    return (a * (1 - a)).unsqueeze(1) * W

# %% ex06-one | wrong | slopes on the columns | This happened in jacobian
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    return h * (1 - h) * W

# %% ex06-one | wrong | turned round | turned round
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    return W.T * (h * (1 - h))

# %% ex06-one | wrong | slopes squared | belongs to the norm
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    return ((h * (1 - h)) ** 2)[:, None] * W

# %% ex06-one | wrong | sum of the outputs differentiated | rows were added up
def jacobian(x, W, b):
    x = x.clone().requires_grad_()
    torch.sigmoid(W @ x + b).sum().backward()
    return x.grad

# %% ex06-one | wrong | the norm already | squared norm already
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    return ((h * (1 - h))[:, None] * W).square().sum()

# %% ex06-one | wrong | slopes into W itself | in place
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    W *= (h * (1 - h))[:, None]
    return W

# %% ex06-one | wrong | float64 | dtype
def jacobian(x, W, b):
    x, W, b = x.double(), W.double(), b.double()
    h = torch.sigmoid(W @ x + b)
    return (h * (1 - h))[:, None] * W

# %% ex06-one | wrong | values of the example | values differ
def jacobian(x, W, b):
    return torch.full_like(W, 0.25) * W

# %% ex06-one | wrong | sizes of the example | expected
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    J = torch.zeros(2, 3)
    for i in range(2):
        for j in range(3):
            J[i, j] = h[i] * (1 - h[i]) * W[i, j]
    return J

# %% ex06-one | wrong | squashed twice | applied twice
def jacobian(x, W, b):
    h = torch.sigmoid(W @ x + b)
    s = torch.sigmoid(h) * (1 - torch.sigmoid(h))
    return s[:, None] * W

# %% ex06-one | right | jacrev
def jacobian(x, W, b):
    return torch.func.jacrev(lambda v: torch.sigmoid(W @ v + b))(x)

# %% ex06-one | right | autograd.functional
def jacobian(x, W, b):
    return torch.autograd.functional.jacobian(lambda v: F.linear(v, W, b).sigmoid(), x)

# %% ex06-one | right | a diagonal matrix
def jacobian(x, W, b):
    h = 1 / (1 + torch.exp(-(W @ x + b)))
    return torch.diag(h * (1 - h)) @ W

# %% ex06-one | right | two loops
def jacobian(x, W, b):
    d, n = W.shape
    J = torch.empty(d, n)
    for i in range(d):
        h = torch.sigmoid((W[i] * x).sum() + b[i])
        for j in range(n):
            J[i, j] = h * (1 - h) * W[i, j]
    return J

# %% ex06-one | right | outer product and a slope of another form
def jacobian(x, W, b):
    a = W.mv(x) + b
    slope = torch.exp(-a) / (1 + torch.exp(-a)) ** 2
    return torch.outer(slope, torch.ones_like(x)) * W

# %% ex06-one | right | one backward pass a row
def jacobian(x, W, b):
    x = x.clone().requires_grad_()
    h = torch.sigmoid(W @ x + b)
    return torch.stack([torch.autograd.grad(unit, x, retain_graph=True)[0] for unit in h])

# %% ex06-batch | wrong | sigmoid for tanh | sigmoid encoder
def jacobians(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h))[:, :, None] * W

# %% ex06-batch | wrong | sigmoid's slope | slope of a sigmoid
def jacobians(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (h * (1 - h))[:, :, None] * W

# %% ex06-batch | wrong | code not squared | has to be squared
def jacobians(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - h)[:, :, None] * W

# %% ex06-batch | wrong | slope from before the squashing | before the squashing
def jacobians(x, W, b):
    a = x.flatten(1) @ W.T + b
    return (1 - a**2)[:, :, None] * W

# %% ex06-batch | wrong | no bias | bias b is missing
def jacobians(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T)
    return (1 - h**2)[:, :, None] * W

# %% ex06-batch | wrong | averaged over the batch | averaged over the images
def jacobians(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return ((1 - h**2)[:, :, None] * W).mean(0)

# %% ex06-batch | wrong | einsum with the letters astray | (B, d, n)
def jacobians(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return torch.einsum("bd,dn->dbn", 1 - h**2, W)

# %% ex06-batch | wrong | turned round | turned round
def jacobians(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return torch.einsum("bd,dn->bnd", 1 - h**2, W)

# %% ex06-batch | wrong | images not flattened | This happened in jacobians
def jacobians(x, W, b):
    h = torch.tanh(x @ W.T + b)
    return (1 - h**2)[:, :, None] * W

# %% ex06-batch | wrong | the Jacobian of the whole batch | all the other images
def jacobians(x, W, b):
    return torch.autograd.functional.jacobian(lambda v: torch.tanh(v @ W.T + b), x.flatten(1))

# %% ex06-batch | wrong | batch size of the test | This happened in jacobians
def jacobians(x, W, b):
    h = torch.tanh(x.reshape(3, -1) @ W.T + b)
    return (1 - h**2).view(3, -1, 1) * W

# %% ex06-batch | wrong | float64 | dtype
def jacobians(x, W, b):
    h = np.tanh(x.flatten(1).double().numpy() @ W.double().numpy().T + b.double().numpy())
    return torch.from_numpy((1 - h**2)[:, :, None] * W.double().numpy())
import numpy as np

# %% ex06-batch | wrong | changes x in place | in place
def jacobians(x, W, b):
    x.mul_(2).sub_(1)
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - h**2)[:, :, None] * W

# %% ex06-batch | wrong | summed over the batch | added up over the images
def jacobians(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - h**2).sum(0)[:, None] * W

# %% ex06-batch | wrong | slopes missing | slopes are missing
def jacobians(x, W, b):
    return W.repeat(len(x), 1, 1)

# %% ex06-batch | right | vmap of jacrev
def jacobians(x, W, b):
    return torch.vmap(torch.func.jacrev(lambda v: torch.tanh(W @ v + b)))(x.flatten(1))

# %% ex06-batch | right | a loop over the images
def jacobians(x, W, b):
    out = []
    for image in x:
        h = (W @ image.flatten() + b).tanh()
        out.append(torch.diag(1 - h * h) @ W)
    return torch.stack(out)

# %% ex06-batch | right | einsum
def jacobians(x, W, b):
    h = torch.tanh(torch.einsum("bn,dn->bd", x.reshape(x.shape[0], -1), W) + b)
    return torch.einsum("bd,dn->bdn", (1 + h) * (1 - h), W)

# %% ex06-batch | right | diag_embed and cosh
def jacobians(x, W, b):
    a = F.linear(x.flatten(start_dim=1), W, b)
    return torch.diag_embed(1 / torch.cosh(a) ** 2) @ W

# %% ex06-batch | right | one unit at a time by autograd
def jacobians(x, W, b):
    x = x.detach().flatten(1).clone().requires_grad_()
    h = torch.tanh(x @ W.T + b)
    rows = [torch.autograd.grad(h[:, i].sum(), x, retain_graph=True)[0] for i in range(h.shape[1])]
    return torch.stack(rows, dim=1)

# %% ex06-norm | wrong | slopes not squared | slopes were not squared
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h)) @ W.square().sum(1)

# %% ex06-norm | wrong | weights not squared | weights were not squared
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h)).square() @ W.sum(1)

# %% ex06-norm | wrong | the norm itself | square root
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((h * (1 - h)).square() @ W.square().sum(1)).sqrt()

# %% ex06-norm | wrong | slope of tanh | slope of tanh
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (1 - h**2).square() @ W.square().sum(1)

# %% ex06-norm | wrong | averaged over the images | averaged over the images
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((h * (1 - h)).square() @ W.square().sum(1)).mean()

# %% ex06-norm | wrong | weights summed over the units | This happened in squared_norm
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h)).square() @ W.square().sum(0)

# %% ex06-norm | wrong | averaged over the pixels and units | averaged over all entries
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((h * (1 - h)).square() * W.square().mean(1)).mean(1)

# %% ex06-norm | wrong | two sums multiplied | two sums were multiplied
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h)).square().sum(1) * W.square().sum()

# %% ex06-norm | wrong | units added up first | units were added up before squaring
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((h * (1 - h)) @ W).square().sum(1)

# %% ex06-norm | wrong | one backward pass for all units | units were added up before squaring
def squared_norm(x, W, b):
    x = x.flatten(1).clone().requires_grad_()
    h = torch.sigmoid(x @ W.T + b)
    (g,) = torch.autograd.grad(h.sum(), x, create_graph=True)
    return g.square().sum(1)

# %% ex06-norm | wrong | forms the Jacobians | came into being
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((h * (1 - h))[:, :, None] * W).square().sum((1, 2))

# %% ex06-norm | wrong | forms them with jacrev | came into being
def squared_norm(x, W, b):
    J = torch.vmap(torch.func.jacrev(lambda v: torch.sigmoid(W @ v + b)))(x.flatten(1))
    return J.square().sum((1, 2))

# %% ex06-norm | wrong | W.data in the lengths | through the slopes alone
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h)).square() @ W.data.square().sum(1)

# %% ex06-norm | wrong | the matrix detached | W gets no gradient
def squared_norm(x, W, b):
    with torch.no_grad():
        h = torch.sigmoid(x.flatten(1) @ W.T + b)
        rows = W.square().sum(1)
    return (h * (1 - h)).square() @ rows + 0 * b.sum()

# %% ex06-norm | wrong | through NumPy | This happened in squared_norm
def squared_norm(x, W, b):
    h = 1 / (1 + np.exp(-(x.flatten(1).numpy() @ W.numpy().T + b.numpy())))
    return torch.from_numpy((h * (1 - h)) ** 2 @ (W.numpy() ** 2).sum(1))
import numpy as np

# %% ex06-norm | wrong | without gradients | cut off
@torch.no_grad()
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h)).square() @ W.square().sum(1)

# %% ex06-norm | wrong | no bias | bias b is missing
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T)
    return (h * (1 - h)).square() @ W.square().sum(1)

# %% ex06-norm | wrong | images not flattened | This happened in squared_norm
def squared_norm(x, W, b):
    h = torch.sigmoid(x @ W.T + b)
    return (h * (1 - h)).square() @ W.square().sum(1)

# %% ex06-norm | wrong | float64 | dtype
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1).double() @ W.T.double() + b.double())
    return (h * (1 - h)).square() @ W.double().square().sum(1)

# %% ex06-norm | wrong | keepdim left in | keepdim
def squared_norm(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return ((h * (1 - h)).square() * W.square().sum(1)).sum(1, keepdim=True)

# %% ex06-norm | right | the diagonal of W times its transpose
def squared_norm(x, W, b):
    h = torch.sigmoid(W @ x.flatten(1).T + b[:, None])
    return (W @ W.T).diagonal() @ (h * (1 - h)) ** 2

# %% ex06-norm | right | einsum of two
def squared_norm(x, W, b):
    h = torch.sigmoid(F.linear(x.flatten(1), W, b))
    return torch.einsum("bd,d->b", h**2 * (1 - h) ** 2, torch.einsum("dn,dn->d", W, W))

# %% ex06-norm | right | a loop over the images
def squared_norm(x, W, b):
    norms = []
    for image in x:
        h = torch.sigmoid(W @ image.reshape(-1) + b)
        norms.append((torch.diag(h * (1 - h)) @ W).pow(2).sum())
    return torch.stack(norms)

# %% ex06-norm | right | a loop over the units
def squared_norm(x, W, b):
    total = 0
    for w, c in zip(W, b):
        h = torch.sigmoid(x.flatten(1) @ w + c)
        total = total + (h * (1 - h)) ** 2 * (w @ w)
    return total

# %% ex06-norm | right | one unit at a time by autograd
def squared_norm(x, W, b):
    x = x.detach().flatten(1).requires_grad_()
    h = torch.sigmoid(x @ W.T + b)
    return sum(torch.autograd.grad(h[:, i].sum(), x, create_graph=True)[0].square().sum(1) for i in range(len(W)))

# %% ex06-norm | right | lengths of the rows by norm
def squared_norm(x, W, b):
    h = torch.special.expit(x.flatten(1) @ W.t() + b)
    return ((h - h * h) * W.norm(dim=1)).pow(2).sum(dim=1)

# %% ex06-tanh | wrong | slopes not squared | slopes were not squared
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - h**2) @ W.square().sum(1)

# %% ex06-tanh | wrong | brackets astray | has to be squared in it
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - h).square() @ W.square().sum(1)

# %% ex06-tanh | wrong | sigmoid's slope | slope of a sigmoid
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (h * (1 - h)).square() @ W.square().sum(1)

# %% ex06-tanh | wrong | still the sigmoid | sigmoid encoder
def squared_norm_tanh(x, W, b):
    h = torch.sigmoid(x.flatten(1) @ W.T + b)
    return (h * (1 - h)).square() @ W.square().sum(1)

# %% ex06-tanh | wrong | weights not squared | weights were not squared
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - h**2).square() @ W.sum(1)

# %% ex06-tanh | wrong | averaged over the images | averaged over the images
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return ((1 - h**2).square() @ W.square().sum(1)).mean()

# %% ex06-tanh | wrong | the norm itself | square root
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return torch.sqrt((1 - h**2).square() @ W.square().sum(1))

# %% ex06-tanh | wrong | without gradients | cut off
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b).detach()
    return (1 - h**2).square() @ W.detach().square().sum(1)

# %% ex06-tanh | wrong | the lengths without gradients | through the slopes alone
def squared_norm_tanh(x, W, b):
    with torch.no_grad():
        lengths = W.square().sum(1)
    return (1 - torch.tanh(x.flatten(1) @ W.T + b) ** 2) ** 2 @ lengths

# %% ex06-tanh | wrong | gradient through the bias alone | gets no gradient
def squared_norm_tanh(x, W, b):
    V = W.detach()
    return (1 - torch.tanh(x.flatten(1) @ V.T + b) ** 2) ** 2 @ V.square().sum(1)

# %% ex06-tanh | wrong | the slopes detached | b gets no gradient
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b).detach()
    return (1 - h**2).square() @ W.square().sum(1)

# %% ex06-tanh | wrong | mean over the pixels | averaged over all entries
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return ((1 - h**2)[:, :, None] * W).square().mean((1, 2))

# %% ex06-tanh | wrong | bias changed in place | in place
def squared_norm_tanh(x, W, b):
    with torch.no_grad():
        b += x.flatten(1).mean()
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return (1 - h**2).square() @ W.square().sum(1)

# %% ex06-tanh | wrong | float64 | dtype
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1).double() @ W.T.double() + b.double())
    return (1 - h**2).square() @ W.double().square().sum(1)

# %% ex06-tanh | wrong | sizes of the test | This happened in squared_norm_tanh
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.view(3, 4) @ W.T + b)
    return (1 - h**2).square() @ W.square().sum(1)

# %% ex06-tanh | right | with the Jacobians
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.flatten(1) @ W.T + b)
    return ((1 - h**2)[:, :, None] * W).square().sum((1, 2))

# %% ex06-tanh | right | cosh
def squared_norm_tanh(x, W, b):
    a = F.linear(x.flatten(1), W, b)
    return (torch.cosh(a) ** -4 * (W * W).sum(dim=1)).sum(dim=-1)

# %% ex06-tanh | right | vmap of jacrev
def squared_norm_tanh(x, W, b):
    def one(v):
        return torch.func.jacrev(lambda u: torch.tanh(W @ u + b))(v).square().sum()
    return torch.func.vmap(one)(x.flatten(1))

# %% ex06-tanh | right | Frobenius norm, squared
def squared_norm_tanh(x, W, b):
    h = torch.tanh(x.reshape(len(x), -1) @ W.T + b)
    return torch.linalg.matrix_norm((1 - h**2).unsqueeze(-1) * W) ** 2

# %% ex06-loss | wrong | torch's default reduction | averaged over the pixels
def contractive_loss(x, x_hat, h, W, lam):
    return F.mse_loss(x_hat, x) + lam * ((h * (1 - h)).square() @ W.square().sum(1)).mean()

# %% ex06-loss | wrong | penalty summed over the batch | penalty was summed over the images
def contractive_loss(x, x_hat, h, W, lam):
    reconstruction = (x_hat - x).square().flatten(1).sum(1).mean()
    return reconstruction + lam * ((h * (1 - h)).square() * W.square().sum(1)).sum()

# %% ex06-loss | wrong | both summed | both terms were summed
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).sum()

# %% ex06-loss | wrong | penalty averaged over everything | averaged over all entries
def contractive_loss(x, x_hat, h, W, lam):
    J = (h * (1 - h))[:, :, None] * W
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * J.square().mean()

# %% ex06-loss | wrong | penalty averaged over the units | averaged over the units
def contractive_loss(x, x_hat, h, W, lam):
    penalty = ((h * (1 - h)).square() * W.square().sum(1)).mean()
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * penalty

# %% ex06-loss | wrong | lam forgotten | lam was not used
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + penalty).mean()

# %% ex06-loss | wrong | lam on the reconstruction | lam stands on the reconstruction
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return (lam * (x_hat - x).square().flatten(1).sum(1) + penalty).mean()

# %% ex06-loss | wrong | weights that add up to one | 1 - lam
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return ((1 - lam) * (x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | slopes not squared | were not squared
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)) @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | Frobenius norm not squared | square root
def contractive_loss(x, x_hat, h, W, lam):
    J = (h * (1 - h))[:, :, None] * W
    return ((x_hat - x).square().flatten(1).sum(1) + lam * torch.linalg.matrix_norm(J)).mean()

# %% ex06-loss | wrong | one dimension only | one of the dimensions
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return ((x_hat - x) ** 2).sum(-1).mean() + lam * penalty.mean()

# %% ex06-loss | wrong | no average | one value an image
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return (x_hat - x).square().flatten(1).sum(1) + lam * penalty

# %% ex06-loss | wrong | W.data as in old scripts | W gets no gradient
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.data.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | the codes detached | h gets no gradient
def contractive_loss(x, x_hat, h, W, lam):
    h = h.detach()
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | half of the slope detached | cut off
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h.detach())).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | half of the square detached | one of the two factors
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ (W * W.detach()).sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | penalty as a plain number | h gets no gradient
def contractive_loss(x, x_hat, h, W, lam):
    penalty = ((h * (1 - h)).square() @ W.square().sum(1)).mean().item()
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * penalty

# %% ex06-loss | wrong | cut off altogether | cut off
def contractive_loss(x, x_hat, h, W, lam):
    with torch.no_grad():
        penalty = (h * (1 - h)).square() @ W.square().sum(1)
        return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | slope of tanh | slope of tanh
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (1 - h**2).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | weight decay | weight decay
def contractive_loss(x, x_hat, h, W, lam):
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * W.square().sum()

# %% ex06-loss | wrong | integer division | rounded down
def contractive_loss(x, x_hat, h, W, lam):
    penalty = torch.div(((h * (1 - h)).square() @ W.square().sum(1)).sum(), len(x), rounding_mode="floor")
    return (x_hat - x).square().flatten(1).sum(1).mean() + lam * penalty

# %% ex06-loss | wrong | changes x_hat in place | in place
def contractive_loss(x, x_hat, h, W, lam):
    x_hat.data.sub_(x)
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return (x_hat.square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | wrong | batch size of the test | expected
def contractive_loss(x, x_hat, h, W, lam):
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return ((x_hat - x).square().sum() + lam * penalty.sum()) / 3

# %% ex06-loss | wrong | float64 | dtype
def contractive_loss(x, x_hat, h, W, lam):
    h, W = h.double(), W.double()
    penalty = (h * (1 - h)).square() @ W.square().sum(1)
    return ((x_hat - x).square().flatten(1).sum(1) + lam * penalty).mean()

# %% ex06-loss | right | two means
def contractive_loss(x, x_hat, h, W, lam):
    reconstruction = F.mse_loss(x_hat, x, reduction="sum") / len(x)
    slopes = h * (1 - h)
    return reconstruction + lam * torch.mean(slopes**2 @ torch.sum(W**2, dim=1))

# %% ex06-loss | right | with the Jacobians
def contractive_loss(x, x_hat, h, W, lam):
    J = torch.einsum("bd,dn->bdn", h - h**2, W)
    return ((x_hat - x).flatten(1).norm(dim=1) ** 2 + lam * J.pow(2).sum(dim=(1, 2))).mean()

# %% ex06-loss | right | a loop over the images
def contractive_loss(x, x_hat, h, W, lam):
    losses = []
    for a, b, code in zip(x, x_hat, h):
        J = (code * (1 - code)).unsqueeze(1) * W
        losses.append(((a - b) ** 2).sum() + lam * (J * J).sum())
    return sum(losses) / len(losses)

# %% ex06-loss | right | nothing to do where lam is 0
def contractive_loss(x, x_hat, h, W, lam):
    loss = (x - x_hat).pow(2).sum() / x.shape[0]
    if lam:
        loss = loss + lam * ((h * (1 - h)) ** 2 * (W**2).sum(1)[None]).sum(1).mean()
    return loss

# %% ex06-check | wrong | asks only whether there is a graph | has to lead to the matrix
def penalty_has_gradient(penalty, W):
    value = penalty(W.detach().clone().requires_grad_())
    return isinstance(value, torch.Tensor) and value.requires_grad

# %% ex06-check | wrong | asks for the grad_fn | Likely cause
def penalty_has_gradient(penalty, W):
    value = penalty(W.detach().clone().requires_grad_())
    return getattr(value, "grad_fn", None) is not None

# %% ex06-check | wrong | a number is not expected | This happened in penalty_has_gradient
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not value.requires_grad:
        return False
    (gradient,) = torch.autograd.grad(value, copy, allow_unused=True)
    return gradient is not None and bool(gradient.isfinite().all() and gradient.any())

# %% ex06-check | wrong | a zero gradient passes | 0 throughout
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    try:
        penalty(copy).backward()
    except (RuntimeError, AttributeError):
        return False
    return copy.grad is not None

# %% ex06-check | wrong | refused gradients raise | autograd refuses //
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

# %% ex06-check | wrong | nan counts | isfinite
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone().requires_grad_()
    value = penalty(copy)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        return bool(torch.autograd.grad(value, copy)[0].any())
    except RuntimeError:
        return False

# %% ex06-check | wrong | all entries must differ from 0 | one entry
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

# %% ex06-check | wrong | the sum of the gradient | may cancel
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

# %% ex06-check | wrong | a threshold | not with a threshold
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

# %% ex06-check | wrong | a tensor for a bool | torch.Tensor
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

# %% ex06-check | wrong | works on W itself | asks for a gradient now
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

# %% ex06-check | wrong | clears W.grad | W.grad was changed
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

# %% ex06-check | wrong | nobody asks for a gradient | copy of W has to ask
def penalty_has_gradient(penalty, W):
    value = penalty(W)
    if not isinstance(value, torch.Tensor):
        return False
    try:
        gradient = torch.autograd.grad(value, W)[0]
    except RuntimeError:
        return False
    return bool(gradient.isfinite().all() and gradient.any())

# %% ex06-check | wrong | differences of values | has no graph
def penalty_has_gradient(penalty, W):
    copy = W.detach().clone()
    return abs(float(penalty(copy)) - float(penalty(copy + 0.1))) > 0

# %% ex06-check | wrong | always True | False was expected
def penalty_has_gradient(penalty, W):
    return True

# %% ex06-check | wrong | moves W | in place
def penalty_has_gradient(penalty, W):
    with torch.no_grad():
        before = float(penalty(W))
        W += 0.01
        return float(penalty(W)) != before

# %% ex06-check | right | backward on a copy
def penalty_has_gradient(penalty, W):
    leaf = torch.tensor(W.tolist(), requires_grad=True)
    try:
        penalty(leaf).backward()
    except Exception:
        return False
    g = leaf.grad
    return g is not None and not g.isnan().any().item() and not g.isinf().any().item() and (g != 0).any().item()

# %% ex06-check | right | allow_unused
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

# %% ex06-check | right | largest absolute value
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

# %% ex06-slopes | wrong | one-sided difference | one-sided
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W)) / eps).item()

# %% ex06-slopes | wrong | divided by eps | 2 eps apart
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / eps).item()

# %% ex06-slopes | wrong | brackets around 2 eps forgotten | multiplied by eps
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / 2 * eps).item()

# %% ex06-slopes | wrong | not divided | not divided
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, (penalty(W + eps * V) - penalty(W - eps * V)).item()

# %% ex06-slopes | wrong | moved without V | move along V
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps) - penalty(W - eps)) / (2 * eps)).item()

# %% ex06-slopes | wrong | V brought to length 1 | length 1
def compare_slopes(penalty, W, V, eps):
    V = V / V.norm()
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()

# %% ex06-slopes | wrong | gradient without V | without V
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = torch.autograd.grad(value, leaf)[0].sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()

# %% ex06-slopes | wrong | length of the gradient | length of the gradient
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = torch.autograd.grad(value, leaf)[0].norm().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()

# %% ex06-slopes | wrong | fails where nothing arrives | This happened in compare_slopes(cut_off
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    penalty(leaf).backward()
    return (leaf.grad * V).sum().item(), ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()

# %% ex06-slopes | wrong | tensors for floats | .item()
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum() if value.requires_grad else torch.tensor(0.0)
    return slope, (penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)

# %% ex06-slopes | wrong | the pair the wrong way round | wrong way round
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item(), slope

# %% ex06-slopes | wrong | steps in place | in place
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    W += eps * V
    above = penalty(W)
    W -= 2 * eps * V
    return slope, ((above - penalty(W)) / (2 * eps)).item()

# %% ex06-slopes | wrong | no gradient taken for None | This happened in compare_slopes
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    gradient = torch.autograd.grad(penalty(leaf), leaf, allow_unused=True)[0]
    slope = 0.0 if gradient is None else (gradient * V).sum().item()
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()

# %% ex06-slopes | wrong | differences for both | slope by differences
def compare_slopes(penalty, W, V, eps):
    slope = ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()
    return slope, slope

# %% ex06-slopes | wrong | autograd for both | slope by autograd
def compare_slopes(penalty, W, V, eps):
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, slope

# %% ex06-slopes | wrong | float32 | This happened in compare_slopes
def compare_slopes(penalty, W, V, eps):
    W, V = W.float(), V.float()
    leaf = W.clone().requires_grad_()
    value = penalty(leaf)
    slope = (torch.autograd.grad(value, leaf)[0] * V).sum().item() if value.requires_grad else 0.0
    return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()

# %% ex06-slopes | wrong | gradients pile up in W | left in W.grad
def compare_slopes(penalty, W, V, eps):
    W.requires_grad_()
    value = penalty(W)
    slope = 0.0
    if value.requires_grad:
        value.backward()
        slope = (W.grad * V).sum().item()
    with torch.no_grad():
        return slope, ((penalty(W + eps * V) - penalty(W - eps * V)) / (2 * eps)).item()

# %% ex06-slopes | right | torch.func.grad
def compare_slopes(penalty, W, V, eps):
    by_autograd = torch.sum(torch.func.grad(penalty)(W) * V)
    by_differences = (penalty(W + eps * V) - penalty(W - eps * V)) / eps / 2
    return float(by_autograd), float(by_differences)

# %% ex06-slopes | right | the derivative along a line
def compare_slopes(penalty, W, V, eps):
    step = torch.zeros((), dtype=W.dtype, requires_grad=True)
    value = penalty(W + step * V)
    slope = torch.autograd.grad(value, step)[0].item() if value.requires_grad else 0.0
    with torch.no_grad():
        low, high = (penalty(W + s * eps * V).item() for s in (-1, 1))
    return slope, (high - low) / (2 * eps)

# %% ex06-slopes | right | try and except
def compare_slopes(penalty, W, V, eps):
    leaf = nn.Parameter(W.clone())
    try:
        penalty(leaf).backward()
        by_autograd = torch.dot(leaf.grad.flatten(), V.flatten()).item()
    except RuntimeError:
        by_autograd = 0.0
    values = [penalty(W.clone().add_(V, alpha=a)).tolist() for a in (eps, -eps)]
    return [by_autograd, (values[0] - values[1]) * 0.5 / eps]

# %% ex06-repair | wrong | unchanged | still rounded
def repaired_penalty(encoder, x):
    return published_penalty(encoder, x)

# %% ex06-repair | wrong | only the division mended | rows without a graph
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    h = encoder(x)
    total = torch.zeros(())
    for unit in range(h.shape[1]):
        row, = torch.autograd.grad(h[:, unit].sum(), x, retain_graph=True)
        total = total + row.square().sum()
    return total / len(x)

# %% ex06-repair | wrong | only the graph mended | still rounded
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    h = encoder(x)
    total = torch.zeros(())
    for unit in range(h.shape[1]):
        row, = torch.autograd.grad(h[:, unit].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return torch.div(total, len(x), rounding_mode="floor")

# %% ex06-repair | wrong | requires_grad_ at the end | gets no gradient
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    h = encoder(x)
    total = torch.zeros(())
    for unit in range(h.shape[1]):
        row, = torch.autograd.grad(h[:, unit].sum(), x, retain_graph=True)
        total = total + row.square().sum()
    return (total / len(x)).requires_grad_()

# %% ex06-repair | wrong | the double slash in its place | still rounded
def repaired_penalty(encoder, x):
    return torch.func.jacrev(encoder)(x).square().sum() // len(x)

# %% ex06-repair | wrong | rows detached | cut off from the graph
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    h = encoder(x)
    total = torch.zeros(())
    for unit in range(h.shape[1]):
        row, = torch.autograd.grad(h[:, unit].sum(), x, create_graph=True)
        total = total + row.detach().square().sum()
    return total / len(x)

# %% ex06-repair | wrong | first unit only | was expected
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    row, = torch.autograd.grad(encoder(x)[:, 0].sum(), x, create_graph=True)
    return row.square().sum() / len(x)

# %% ex06-repair | wrong | division left out | summed over the images
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    h = encoder(x)
    total = torch.zeros(())
    for unit in range(h.shape[1]):
        row, = torch.autograd.grad(h[:, unit].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return total

# %% ex06-repair | wrong | one backward pass for all units | units were added up before squaring
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    row, = torch.autograd.grad(encoder(x).sum(), x, create_graph=True)
    return row.square().sum() / len(x)

# %% ex06-repair | wrong | autograd.functional without its graph | cut off from the graph
def repaired_penalty(encoder, x):
    J = torch.stack([torch.autograd.functional.jacobian(encoder, image[None])[0, :, 0] for image in x])
    return J.square().sum((1, 2)).mean()

# %% ex06-repair | wrong | the closed form of one layer | the encoder may be any
def repaired_penalty(encoder, x):
    h = encoder(x)
    return ((h * (1 - h)).square() @ encoder[0].weight.square().sum(1)).mean()

# %% ex06-repair | wrong | the closed form with W.data | slopes alone
def repaired_penalty(encoder, x):
    h = encoder(x)
    return ((h * (1 - h)).square() @ encoder[0].weight.data.square().sum(1)).mean()

# %% ex06-repair | wrong | averaged over the units too | averaged over the units
def repaired_penalty(encoder, x):
    J = torch.func.vmap(torch.func.jacrev(encoder))(x)
    return J.square().sum(2).mean()

# %% ex06-repair | wrong | one value an image | one value an image
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2))

# %% ex06-repair | wrong | x asks for a gradient afterwards | work on a copy
def repaired_penalty(encoder, x):
    x.requires_grad_()
    h = encoder(x)
    rows = [torch.autograd.grad(h[:, i].sum(), x, create_graph=True)[0] for i in range(h.shape[1])]
    return sum(row.square().sum() for row in rows) / len(x)

# %% ex06-repair | wrong | rounded by round | whole number
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2)).mean().round()

# %% ex06-repair | wrong | a float | a tensor was expected
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2)).mean().item()

# %% ex06-repair | wrong | float64 | dtype
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).double().square().sum((1, 2)).mean()

# %% ex06-repair | wrong | sizes of the test | expected
def repaired_penalty(encoder, x):
    x = x.detach().clone().requires_grad_()
    h = encoder(x)
    total = 0
    for unit in range(2):
        row, = torch.autograd.grad(h[:, min(unit, h.shape[1] - 1)].sum(), x, create_graph=True)
        total = total + row.square().sum()
    return total / 4

# %% ex06-repair | right | vmap of jacrev
def repaired_penalty(encoder, x):
    return torch.func.vmap(torch.func.jacrev(encoder))(x).square().sum((1, 2)).mean()

# %% ex06-repair | right | jacfwd, image by image
def repaired_penalty(encoder, x):
    return sum((torch.func.jacfwd(encoder)(image) ** 2).sum() for image in x) / x.shape[0]

# %% ex06-repair | right | autograd.functional with its graph
def repaired_penalty(encoder, x):
    J = torch.autograd.functional.jacobian(lambda v: encoder(v).sum(0), x, create_graph=True)
    return J.pow(2).sum() / len(x)

# %% ex06-repair | right | the script with backward-hungry lists
def repaired_penalty(encoder, x):
    x = torch.tensor(x.numpy(), requires_grad=True)
    codes = encoder(x)
    norms = torch.zeros(len(x))
    for unit in codes.unbind(1):
        row = torch.autograd.grad(unit, x, grad_outputs=torch.ones_like(unit), create_graph=True)[0]
        norms = norms + (row**2).sum(1)
    return norms.mean()

# %% ex06-directions | wrong | squares for the singular values | eigenvalues
def directions(J, share):
    s = torch.linalg.eigvalsh(J @ J.mT).flip(1)[:, :min(J.shape[1:])]
    reached = s.cumsum(1) / s.sum(1, keepdim=True)
    return s, (reached < share).sum(1) + 1

# %% ex06-directions | wrong | smallest first | smallest comes first
def directions(J, share):
    s = torch.linalg.eigvalsh(J @ J.mT).clamp(min=0).sqrt()
    q = s.square().flip(1)
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1

# %% ex06-directions | wrong | of the average Jacobian | average Jacobian
def directions(J, share):
    s = torch.linalg.svdvals(J.mean(0))
    q = s.square()
    return s, (q.cumsum(0) / q.sum() < share).sum() + 1

# %% ex06-directions | wrong | not squared for the count | not their squares
def directions(J, share):
    s = torch.linalg.svdvals(J)
    return s, (s.cumsum(1) / s.sum(1, keepdim=True) < share).sum(1) + 1

# %% ex06-directions | wrong | one too few | one too few
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1)

# %% ex06-directions | wrong | counts those that have reached it | reached the share already
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) >= share).sum(1)

# %% ex06-directions | wrong | one count for all | counted together
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square().sum(0)
    return s, ((q.cumsum(0) / q.sum() < share).sum() + 1).repeat(len(J))

# %% ex06-directions | wrong | counted from the smallest | the smallest first
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square().flip(1)
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1

# %% ex06-directions | wrong | a share of the largest | share of the largest
def directions(J, share):
    s = torch.linalg.svdvals(J)
    return s, (s >= share * s[:, :1]).sum(1)

# %% ex06-directions | wrong | eigvals of a matrix that is not square | This happened in directions
def directions(J, share):
    s = torch.linalg.eigvals(J).abs()
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1

# %% ex06-directions | wrong | d values where n is smaller | shape
def directions(J, share):
    s = torch.linalg.eigvalsh(J @ J.mT).clamp(min=0).sqrt().flip(1)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1

# %% ex06-directions | wrong | counts as floats | whole numbers
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).float().sum(1) + 1

# %% ex06-directions | wrong | a list of counts | tensor was expected
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, ((q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1).tolist()

# %% ex06-directions | wrong | squares in place | they are squared
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square_()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1

# %% ex06-directions | wrong | brings J to norm 1 in place | in place
def directions(J, share):
    norm = J.flatten(1).norm(dim=1)
    J /= norm[:, None, None]
    s = torch.linalg.svdvals(J)
    return s * norm[:, None], (s.square().cumsum(1) < share).sum(1) + 1

# %% ex06-directions | wrong | share of the example | share was not used
def directions(J, share):
    s = torch.linalg.svdvals(J)
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < 0.8).sum(1) + 1

# %% ex06-directions | wrong | float64 | dtype
def directions(J, share):
    s = torch.from_numpy(np.linalg.svd(J.double().numpy(), compute_uv=False))
    q = s.square()
    return s, (q.cumsum(1) / q.sum(1, keepdim=True) < share).sum(1) + 1
import numpy as np

# %% ex06-directions | right | eigenvalues of the smaller product
def directions(J, share):
    product = J @ J.mT if J.shape[1] <= J.shape[2] else J.mT @ J
    q = torch.linalg.eigvalsh(product).clamp(min=0).flip(1)
    return q.sqrt(), (q.cumsum(1) < share * q.sum(1, keepdim=True)).sum(1) + 1

# %% ex06-directions | right | what is left over
def directions(J, share):
    s = torch.linalg.svdvals(J)
    tail = s.square().flip(1).cumsum(1).flip(1)
    return s, (tail > (1 - share) * s.square().sum(1, keepdim=True)).sum(1)

# %% ex06-directions | right | argmax of the first that reaches it
def directions(J, share):
    s = torch.linalg.svd(J, full_matrices=False).S
    reached = torch.cumsum(s**2, dim=1) / torch.sum(s**2, dim=1, keepdim=True) >= share
    return s, reached.int().argmax(dim=1) + 1

# %% ex06-directions | right | loops
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

# %% ex06-directions | right | searchsorted through NumPy
def directions(J, share):
    s = np.linalg.svd(J.numpy(), compute_uv=False)
    k = [int(np.searchsorted(np.cumsum(v**2) / np.sum(v**2), share)) + 1 for v in s]
    return torch.from_numpy(s), torch.tensor(k)
import numpy as np

# %% ex06-along | wrong | t not brought to length 1 | bring each to length 1
def along_and_across(J, t):
    along = (J @ t[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)

# %% ex06-along | wrong | length of the whole batch | whole batch
def along_and_across(J, t):
    u = t / t.norm()
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)

# %% ex06-along | wrong | lengths over the images | over the images
def along_and_across(J, t):
    u = t / t.norm(dim=0)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)

# %% ex06-along | wrong | F.normalize along the default of dim 0 | over the images
def along_and_across(J, t):
    u = F.normalize(t, dim=0)
    along = torch.einsum("bdn,bn->bd", J, u).pow(2).sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)

# %% ex06-along | wrong | divided by n | divided by n
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / J.shape[2]

# %% ex06-along | wrong | summed over the directions | summed over the directions
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, J.square().sum((1, 2)) - along

# %% ex06-along | wrong | lengths, not squares | its square is asked for
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].norm(dim=1)
    across = ((J.square().sum((1, 2)) - along**2) / (J.shape[2] - 1)).sqrt()
    return along, across

# %% ex06-along | wrong | nothing taken away | not taken away
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, J.square().sum((1, 2)) / (J.shape[2] - 1)

# %% ex06-along | wrong | mean over all directions | all n directions
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, J.square().sum(1).mean(1)

# %% ex06-along | wrong | the batch multiplied out | with every t
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u.T).square().sum(1)
    return along, (J.square().sum((1, 2), keepdim=True)[..., 0] - along) / (J.shape[2] - 1)

# %% ex06-along | wrong | the largest singular value | singular value
def along_and_across(J, t):
    q = torch.linalg.svdvals(J).square()
    return q[:, 0], q[:, 1:].sum(1) / (J.shape[2] - 1)

# %% ex06-along | wrong | divided by d - 1 | d - 1
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / max(J.shape[1] - 1, 0.5)

# %% ex06-along | wrong | averaged over the units | averaged over the units
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().mean(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)

# %% ex06-along | wrong | the pair the wrong way round | wrong way round
def along_and_across(J, t):
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return (J.square().sum((1, 2)) - along) / (J.shape[2] - 1), along

# %% ex06-along | wrong | t changed in place | in place
def along_and_across(J, t):
    t /= t.norm(dim=1, keepdim=True)
    along = (J @ t[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)

# %% ex06-along | wrong | the n of the example | This happened in along_and_across
def along_and_across(J, t):
    u = (t / t.norm(dim=1, keepdim=True)).view(-1, 3, 1)
    along = (J @ u)[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / 2

# %% ex06-along | wrong | float64 | dtype
def along_and_across(J, t):
    J, t = J.double(), t.double()
    u = t / t.norm(dim=1, keepdim=True)
    along = (J @ u[:, :, None])[:, :, 0].square().sum(1)
    return along, (J.square().sum((1, 2)) - along) / (J.shape[2] - 1)

# %% ex06-along | right | the part across by projection
def along_and_across(J, t):
    u = F.normalize(t, dim=1).unsqueeze(2)
    Ju = torch.bmm(J, u)
    rest = J - Ju @ u.mT
    return Ju.pow(2).sum((1, 2)), rest.pow(2).sum((1, 2)) / (J.shape[-1] - 1)

# %% ex06-along | right | an orthonormal basis from QR
def along_and_across(J, t):
    B, d, n = J.shape
    basis = torch.linalg.qr(torch.cat([t[:, :, None], torch.eye(n).expand(B, n, n)], dim=2)).Q
    answers = (J @ basis).square().sum(1)
    return answers[:, 0], answers[:, 1:].mean(1)

# %% ex06-along | right | a loop over the images
def along_and_across(J, t):
    along, across = [], []
    for matrix, direction in zip(J, t):
        u = direction / direction.square().sum().sqrt()
        null = torch.linalg.svd(u[None]).Vh[1:]
        along.append(((matrix @ u) ** 2).sum())
        across.append(torch.stack([((matrix @ v) ** 2).sum() for v in null]).mean())
    return torch.stack(along), torch.stack(across)

# %% ex06-along | right | quadratic forms
def along_and_across(J, t):
    gram = J.mT @ J
    along = torch.einsum("bi,bij,bj->b", t, gram, t) / torch.einsum("bi,bi->b", t, t)
    trace = gram.diagonal(dim1=1, dim2=2).sum(1)
    return [along, (trace - along) / (t.shape[1] - 1)]
