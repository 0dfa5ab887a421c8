# Answers to set 07, wrong and right. classwork/tabulate.py says how they are written.

# %% noise: exp(logvar) is the variance; the noise is scaled by its root, the standard deviation.
def from_noise(mu, logvar, eps):
    return mu + logvar.exp() * eps


# %% noise: logvar was taken for the standard deviation; it is the logarithm of the variance.
def from_noise(mu, logvar, eps):
    return mu + logvar * eps


# %% noise: the half belongs inside the exponential.
def from_noise(mu, logvar, eps):
    return mu + 0.5 * torch.exp(logvar) * eps


# %% noise: the root of logvar was taken; it is a logarithm, so undo that first.
def from_noise(mu, logvar, eps):
    return mu + torch.sqrt(logvar) * eps


# %% noise: logvar was halved, but never exponentiated.
def from_noise(mu, logvar, eps):
    return mu + 0.5 * logvar * eps


# %% noise: the sign inside the exponential: this is 1 / sigma.
def from_noise(mu, logvar, eps):
    return mu + torch.exp(-0.5 * logvar) * eps


# %% noise: mu is missing.
def from_noise(mu, logvar, eps):
    return torch.exp(0.5 * logvar) * eps


# %% noise: noise was drawn; use eps, the noise that is given.
def from_noise(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


# %%
def from_noise(mu, logvar, eps):
    return Normal(mu, (0.5 * logvar).exp()).rsample()


# %% noise: eps is not used: this is mu itself.
def from_noise(mu, logvar, eps):
    return mu


# %% noise: sigma scales the noise alone, not the mean.
def from_noise(mu, logvar, eps):
    return (mu + eps) * torch.exp(0.5 * logvar)


# %% noise, caught: cut off
def from_noise(mu, logvar, eps):
    with torch.no_grad():
        return mu + torch.exp(0.5 * logvar) * eps


# %% noise, caught: sigma detached
def from_noise(mu, logvar, eps):
    sigma = torch.exp(0.5 * logvar).detach()
    return mu + sigma * eps


# %% noise, caught: through NumPy, in float64
def from_noise(mu, logvar, eps):
    import numpy as np

    return torch.from_numpy(mu.numpy() + np.exp(0.5 * logvar.numpy()) * eps.numpy())


# %% noise, caught: float64
def from_noise(mu, logvar, eps):
    return mu.double() + torch.exp(0.5 * logvar.double()) * eps


# %% noise, caught: changes eps in place
def from_noise(mu, logvar, eps):
    eps *= torch.exp(0.5 * logvar)
    eps += mu
    return eps


# %% noise, caught: one draw an image only
def from_noise(mu, logvar, eps):
    z = torch.empty_like(mu)
    for i in range(len(mu)):
        z[i] = mu[i] + torch.exp(0.5 * logvar[i]) * eps.reshape(-1, mu.shape[1])[i]
    return z


# %% noise, caught: copied from the example
def from_noise(mu, logvar, eps):
    return torch.tensor([[3.0, -6.3891]])


# %% noise, caught: logvar clamped to -5..5, though any real number is allowed
def from_noise(mu, logvar, eps):
    logvar = logvar.clamp(-5, 5)
    return mu + torch.exp(0.5 * logvar) * eps


# %% noise, caught: logvar clamped to -10..10, though any real number is allowed
def from_noise(mu, logvar, eps):
    logvar = torch.clamp(logvar, -10, 10)
    return mu + torch.exp(0.5 * logvar) * eps


# %% noise: logvar is not used: this is mu + eps.
def from_noise(mu, logvar, eps):
    return mu + eps


# %% noise: eps is not used: this is mu + sigma.
def from_noise(mu, logvar, eps):
    return (mu + (0.5 * logvar).exp()).expand(eps.shape).clone()


# %% noise: mu and sigma have changed places.
def from_noise(mu, logvar, eps):
    return (0.5 * logvar).exp() + mu * eps


# %% noise, caught: NumPy's way round the graph
def from_noise(mu, logvar, eps):
    return mu + torch.tensor(logvar.tolist(), dtype=mu.dtype).div(2).exp() * eps


# %% noise, caught: squeezed
def from_noise(mu, logvar, eps):
    return (mu + (0.5 * logvar).exp() * eps).squeeze()


# %% noise, caught: a small number added to the variance
def from_noise(mu, logvar, eps):
    return mu + (logvar.exp() + 1e-6).sqrt() * eps


# %% noise, caught: logvar cut off above 10
def from_noise(mu, logvar, eps):
    return mu + (0.5 * logvar.clamp(max=10)).exp() * eps


# %% noise, right: addcmul
def from_noise(mu, logvar, eps):
    return torch.addcmul(mu, logvar.div(2).exp(), eps)


# %% noise, right: root of the variance
def from_noise(mu, logvar, eps):
    var = torch.exp(logvar)
    return torch.sqrt(var) * eps + mu


# %% noise, right: a loop over the units
def from_noise(mu, logvar, eps):
    columns = []
    for j in range(mu.shape[1]):
        columns.append(mu[:, j] + torch.exp(logvar[:, j] / 2) * eps[..., j])
    return torch.stack(columns, dim=-1)


# %% noise, right: an affine transform of torch.distributions
def from_noise(mu, logvar, eps):
    from torch.distributions.transforms import AffineTransform

    return AffineTransform(mu, torch.exp(0.5 * logvar))(eps)


# %% noise, caught: logvar clamped to -30..30
def from_noise(mu, logvar, eps):
    return mu + (0.5 * logvar.clamp(-30, 30)).exp() * eps


# %% noise, caught: sigma at least 1e-6
def from_noise(mu, logvar, eps):
    return mu + (0.5 * logvar).exp().clamp(min=1e-6) * eps


# %% draws: Normal(…).sample(), torch.normal, .detach() or torch.no_grad(). Move and scale the noise
# yourself, or use rsample().
def sample(mu, logvar, K):
    return Normal(mu, (0.5 * logvar).exp()).sample((K,))


# %%
def sample(mu, logvar, K):
    sigma = (0.5 * logvar).exp()
    return torch.normal(mu.expand(K, -1, -1), sigma.expand(K, -1, -1))


# %%
def sample(mu, logvar, K):
    sigma = (0.5 * logvar).exp().detach()
    return mu + sigma * torch.randn(K, *mu.shape)


# %%
@torch.no_grad()
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)


# %%
def sample(mu, logvar, K):
    return mu.new_zeros(5, 2, 3)


# %% draws: exp(logvar) is the variance; the noise is scaled by its root, the standard deviation.
def sample(mu, logvar, K):
    return Normal(mu, logvar.exp()).rsample((K,))


# %% draws: logvar was taken for the standard deviation; it is the logarithm of the variance.
def sample(mu, logvar, K):
    return mu + logvar * torch.randn(K, *mu.shape)


# %% draws: the noise is uniform from 0 to 1 (torch.rand); it should be normal (torch.randn).
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.rand(K, *mu.shape)


# %% draws: all draws of an image are the same: draw noise of shape (K, B, d).
def sample(mu, logvar, K):
    z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)
    return z.expand(K, -1, -1)


# %% draws, caught: one noise for all images
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn(K, 1, mu.shape[1])


# %% draws, caught: one noise for all units
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn(K, mu.shape[0], 1)


# %% draws, caught: images first
def sample(mu, logvar, K):
    eps = torch.randn(mu.shape[0], K, mu.shape[1])
    return mu[:, None] + (0.5 * logvar).exp()[:, None] * eps


# %% draws, caught: one draw an image
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn_like(mu)


# %% draws, caught: seeds itself
def sample(mu, logvar, K):
    torch.manual_seed(0)
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)


# %% draws, caught: a generator of its own
def sample(mu, logvar, K):
    g = torch.Generator()
    g.seed()
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape, generator=g)


# %% draws, caught: noise of NumPy
def sample(mu, logvar, K):
    import numpy as np

    return mu + (0.5 * logvar).exp() * torch.from_numpy(np.random.randn(K, *mu.shape))


# %% draws: mu is missing.
def sample(mu, logvar, K):
    return (0.5 * logvar).exp() * torch.randn(K, *mu.shape)


# %% draws, caught: half of the draws are copies
def sample(mu, logvar, K):
    half = torch.randn((K + 1) // 2, *mu.shape)
    eps = torch.cat([half, half])[:K]
    return mu + (0.5 * logvar).exp() * eps


# %% draws, caught: mirrored pairs
def sample(mu, logvar, K):
    half = torch.randn((K + 1) // 2, *mu.shape)
    eps = torch.cat([half, -half])[:K]
    return mu + (0.5 * logvar).exp() * eps


# %% draws, caught: scaled uniform noise
def sample(mu, logvar, K):
    eps = (torch.rand(K, *mu.shape) - 0.5) * 12**0.5
    return mu + (0.5 * logvar).exp() * eps


# %% draws, caught: a list
def sample(mu, logvar, K):
    sigma = (0.5 * logvar).exp()
    return [mu + sigma * torch.randn_like(mu) for _ in range(K)]


# %% draws, caught: changes mu in place
def sample(mu, logvar, K):
    if not mu.requires_grad:
        mu += 1e-3
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)


# %% draws: draws and images are mixed up in mu: repeat_interleave puts the copies of an image side
# by side; expand and repeat keep the draws apart.
def sample(mu, logvar, K):
    (B, d), sigma = mu.shape, (0.5 * logvar).exp()
    mixed = mu.repeat_interleave(K, 0).view(K, B, d)
    return mixed + sigma * torch.randn(K, B, d)


# %% draws, caught: logvar clamped to -4..4
def sample(mu, logvar, K):
    sigma = torch.exp(0.5 * torch.clamp(logvar, -4, 4))
    return mu + sigma * torch.randn(K, *mu.shape)


# %% draws, caught: noise centred over the draws: not independent, and zero for K = 1
def sample(mu, logvar, K):
    eps = torch.randn(K, *mu.shape)
    eps = eps - eps.mean(0)
    return mu + (logvar / 2).exp() * eps


# %% draws: logvar was taken for the variance; it is its logarithm.
def sample(mu, logvar, K):
    return mu + logvar.sqrt() * torch.randn(K, *mu.shape)


# %% draws: logvar is not used: the noise keeps its standard deviation of 1.
def sample(mu, logvar, K):
    return mu + torch.randn(K, *mu.shape)


# %% draws: sigma scales the noise alone, not the mean.
def sample(mu, logvar, K):
    return (mu + torch.randn(K, *mu.shape)) * (0.5 * logvar).exp()


# %% draws: mu and logvar were mixed up among the images: repeat_interleave puts the copies of an
# image side by side; expand and repeat keep the draws apart.
def sample(mu, logvar, K):
    B, d = mu.shape
    m, v = mu.repeat_interleave(K, 0).view(K, B, d), logvar.repeat_interleave(K, 0).view(K, B, d)
    return m + (0.5 * v).exp() * torch.randn(K, B, d)


# %% draws, caught: one draw loses its dimension
def sample(mu, logvar, K):
    return (mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)).squeeze(0)


# %% draws, caught: float32 always
def sample(mu, logvar, K):
    return (mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)).float()


# %% draws, caught: the same noise in each call, the generator put back
def sample(mu, logvar, K):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        eps = torch.randn(K, *mu.shape)
    return mu + (0.5 * logvar).exp() * eps


# %% draws, caught: the noise of an image handed on to the next
def sample(mu, logvar, K):
    eps = torch.randn(K, *mu.shape)
    return mu + (0.5 * logvar).exp() * (eps + eps.roll(1, 0)) / 2**0.5


# %% draws, caught: logvar clamped to -9..9
def sample(mu, logvar, K):
    return mu + (0.5 * logvar.clamp(-9, 9)).exp() * torch.randn(K, *mu.shape)


# %% draws, right: with the noise of 1a
def sample(mu, logvar, K):
    return from_noise(mu, logvar, torch.randn((K,) + tuple(mu.shape), dtype=mu.dtype))


# %% draws, right: rsample
def sample(mu, logvar, K):
    return Normal(mu, torch.exp(logvar / 2)).rsample((K,))


# %% draws, right: draw by draw
def sample(mu, logvar, K):
    sigma = logvar.exp().sqrt()
    return torch.stack([mu + sigma * torch.randn_like(sigma) for _ in range(K)])


# %% draws, right: images repeated first
def sample(mu, logvar, K):
    mu, logvar = mu.repeat(K, 1, 1), logvar.repeat(K, 1, 1)
    return mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)


# %% draws, right: einsum
def sample(mu, logvar, K):
    eps = torch.randn(mu.shape[0], mu.shape[1], K)
    return mu + torch.einsum("bd,bdk->kbd", (0.5 * logvar).exp(), eps)


# %% draws, right: MultivariateNormal
def sample(mu, logvar, K):
    from torch.distributions import MultivariateNormal

    return MultivariateNormal(mu, scale_tril=torch.diag_embed((0.5 * logvar).exp())).rsample((K,))


# %% draws, caught: one noise buffer kept between calls and refilled in place, so backward through
# the first of two calls fails (state kept)
_buffers = {}


def sample(mu, logvar, K):
    key = (K, *mu.shape, mu.dtype)
    if key not in _buffers:
        _buffers[key] = torch.empty(K, *mu.shape, dtype=mu.dtype)
    eps = _buffers[key].normal_()
    return from_noise(mu, logvar, eps)


# %% draws, caught: noise cut off at 3
def sample(mu, logvar, K):
    eps = torch.randn(K, *mu.shape, dtype=mu.dtype).clamp(-3, 3)
    return mu + torch.exp(0.5 * logvar) * eps


# %% draws, caught: noise standardised in each call
def sample(mu, logvar, K):
    eps = torch.randn((K,) + tuple(mu.shape), dtype=mu.dtype)
    eps = (eps - eps.mean()) / eps.std()
    return mu + torch.exp(0.5 * logvar) * eps


# %% draws, caught: no noise for K = 1
def sample(mu, logvar, K):
    if K == 1:
        return mu.unsqueeze(0) + 0 * logvar
    sigma = (0.5 * logvar).exp()
    return mu + sigma * torch.randn(K, *mu.shape, dtype=mu.dtype)


# %% draws, caught: standardised over the draws
def sample(mu, logvar, K):
    eps = torch.randn(K, *mu.shape, dtype=mu.dtype)
    if K > 1:  # mean 0 and standard deviation 1
        eps = (eps - eps.mean(0)) / eps.std(0, unbiased=False)
    return mu + eps * (0.5 * logvar).exp()


# %% draws, caught: one number for all units, shuffled
def sample(mu, logvar, K):
    B, d = mu.shape
    base = torch.randn(K, B, dtype=mu.dtype)
    eps = torch.stack([base[torch.randperm(K)] for _ in range(d)], dim=-1)
    return mu + (0.5 * logvar).exp() * eps


# %% kl: the factor 1/2 is missing.
def kl_per_image(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).sum(1)


# %% kl: the sign is wrong: a divergence is never negative.
def kl_per_image(mu, logvar):
    return 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1)


# %% kl: you averaged over the units; their divergences add up.
def kl_per_image(mu, logvar):
    return -0.5 * torch.mean(1 + logvar - mu**2 - logvar.exp(), dim=1)


# %% kl: everything was summed; each image keeps its own number.
def kl_per_image(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


# %% kl: you averaged over the images too; each image keeps its own number.
def kl_per_image(mu, logvar):
    return (-0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)).mean()


# %% kl: you summed over the images; the units of an image add up, and each image keeps its own
# number.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(0)


# %% kl: the sum over the units is missing: there is still one value a unit.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)


# %% kl: logvar was taken for sigma; it is the logarithm of the variance.
def kl_per_image(mu, logvar):
    sigma = logvar
    return 0.5 * (mu**2 + sigma**2 - 1 - torch.log(sigma**2)).sum(1)


# %% kl: logvar was taken for the variance; it is its logarithm.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar - 1 - torch.log(logvar)).sum(1)


# %% kl: logvar was taken for log sigma; it is log sigma².
def kl_per_image(mu, logvar):
    sigma = logvar.exp()
    return 0.5 * (mu**2 + sigma**2 - 1 - 2 * logvar).sum(1)


# %%
def kl_per_image(mu, logvar):
    from torch.distributions import kl_divergence

    return kl_divergence(Normal(mu, logvar.exp()), Normal(0.0, 1.0)).sum(1)


# %% kl: the divergence the wrong way round, of the prior from the cloud.
def kl_per_image(mu, logvar):
    from torch.distributions import kl_divergence

    return kl_divergence(Normal(0.0, 1.0), Normal(mu, (0.5 * logvar).exp())).sum(1)


# %% kl: exp(logvar / 2) is sigma; the formula has its square.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).sum(1)


# %% kl: the - 1 is missing.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - logvar).sum(1)


# %% kl: the half stands before mu² alone; it belongs to the whole bracket.
def kl_per_image(mu, logvar):
    return (0.5 * mu**2 + logvar.exp() - 1 - logvar).sum(1)


# %% kl: a small number, 1e-8, was added to the variance inside the logarithm; logvar is that
# logarithm already.
def kl_per_image(mu, logvar):
    sigma = (0.5 * logvar).exp()
    return 0.5 * (mu**2 + sigma**2 - 1 - torch.log(sigma**2 + 1e-8)).sum(1)


# %% kl: logvar was cut off below -10.
def kl_per_image(mu, logvar):
    logvar = logvar.clamp(-10, 30)
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


# %% kl, caught: exp(logvar) cut off from the graph
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp().detach() - 1 - logvar).sum(1)


# %% kl, caught: a sampled estimate
def kl_per_image(mu, logvar):
    q = Normal(mu, (0.5 * logvar).exp())
    z = q.rsample((100,))
    return (q.log_prob(z) - Normal(0.0, 1.0).log_prob(z)).mean(0).sum(1)


# %% kl, caught: cut off
def kl_per_image(mu, logvar):
    return 0.5 * (mu.data**2 + logvar.data.exp() - 1 - logvar.data).sum(1)


# %% kl, caught: float64
def kl_per_image(mu, logvar):
    mu, logvar = mu.double(), logvar.double()
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


# %% kl, caught: changes mu in place
def kl_per_image(mu, logvar):
    return 0.5 * (mu.pow_(2) + logvar.exp() - 1 - logvar).sum(1)


# %% kl, caught: two units
def kl_per_image(mu, logvar):
    each = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
    return each[:, 0] + each[:, 1]


# %% kl, caught: copied from the example
def kl_per_image(mu, logvar):
    return torch.tensor([2.8591])


# %% kl: everything was averaged; sum over the units, and let each image keep its own number.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean()


# %% kl: mu² is missing.
def kl_per_image(mu, logvar):
    return 0.5 * (logvar.exp() - 1 - logvar).sum(1)


# %% kl: mu has to be squared.
def kl_per_image(mu, logvar):
    return 0.5 * (mu + logvar.exp() - 1 - logvar).sum(1)


# %% kl: log sigma² is added; it is taken away.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 + logvar).sum(1)


# %% kl: the term log sigma² is missing.
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1).sum(1)


# %% kl: a small number, 1e-6, was added to the variance inside the logarithm; logvar is that
# logarithm already.
def kl_per_image(mu, logvar):
    var = logvar.exp()
    return 0.5 * (mu**2 + var - 1 - torch.log(var + 1e-6)).sum(1)


# %% kl: a small number, 1e-10, was added to the variance inside the logarithm; logvar is that
# logarithm already.
def kl_per_image(mu, logvar):
    var = logvar.exp()
    return 0.5 * (mu**2 + var - 1 - torch.log(var + 1e-10)).sum(1)


# %% kl: logvar was cut off below -20.
def kl_per_image(mu, logvar):
    logvar = logvar.clamp(min=-20)
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


# %% kl, caught: logvar cut off above 10
def kl_per_image(mu, logvar):
    logvar = logvar.clamp(max=10)
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


# %% kl, caught: the term - logvar cut off from the graph
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar.detach()).sum(1)


# %% kl, caught: squeezed
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).squeeze()


# %% kl, caught: the smallest price is 0.1 a unit
def kl_per_image(mu, logvar):
    return (0.5 * (mu**2 + logvar.exp() - 1 - logvar)).clamp(min=0.1).sum(1)


# %% kl, right: the paper's form
def kl_per_image(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


# %% kl, right: torch.distributions
def kl_per_image(mu, logvar):
    from torch.distributions import kl_divergence

    return kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(dim=-1)


# %% kl, right: a loop
def kl_per_image(mu, logvar):
    rows = []
    for m, v in zip(mu, logvar):
        total = 0.0
        for j in range(len(m)):
            total = total + 0.5 * (m[j] ** 2 + v[j].exp() - 1 - v[j])
        rows.append(total)
    return torch.stack(rows)


# %% kl, right: einsum and expm1
def kl_per_image(mu, logvar):
    return 0.5 * (torch.einsum("bd,bd->b", mu, mu) + (torch.expm1(logvar) - logvar).sum(1))


# %% kl, caught: never below 0.001
def kl_per_image(mu, logvar):
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar)).sum(1).clamp(min=1e-3)


# %% density: the constant, log 2 pi, is missing.
def log_normal(z, mu, logvar):
    return -0.5 * (logvar + (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density: the constant was counted once; it counts for each unit.
def log_normal(z, mu, logvar):
    import math

    return -0.5 * (logvar + (z - mu) ** 2 / logvar.exp()).sum(-1) - 0.5 * math.log(2 * math.pi)


# %% density: the half before log 2 pi is missing (the root).
def log_normal(z, mu, logvar):
    import math

    return (-math.log(2 * math.pi) - 0.5 * logvar - 0.5 * (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density: the half before logvar is missing: log sigma is half of log sigma².
def log_normal(z, mu, logvar):
    import math

    return (-0.5 * math.log(2 * math.pi) - logvar - 0.5 * (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density: the half before the squared distance is missing.
def log_normal(z, mu, logvar):
    import math

    return (-0.5 * math.log(2 * math.pi) - 0.5 * logvar - (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density: the squared distance is to be divided by the variance, not by sigma.
def log_normal(z, mu, logvar):
    import math

    sigma = (0.5 * logvar).exp()
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / sigma).sum(-1)


# %% density: exp(logvar) was given where the standard deviation belongs, as in Normal(mu, …).
def log_normal(z, mu, logvar):
    return Normal(mu, logvar.exp()).log_prob(z).sum(-1)


# %% density: the term with logvar, which makes narrow clouds dense, is missing.
def log_normal(z, mu, logvar):
    import math

    return -0.5 * (math.log(2 * math.pi) + (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density: the sum over the units is missing: there is still one value a unit.
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z)


# %% density: you averaged over the units; the logarithms add up.
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).mean(-1)


# %% density: with (K, B, d) dimension 1 is that of the images; sum over the last one, dim=-1.
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(1)


# %% density: this is the density; its logarithm is asked for.
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1).exp()


# %% density: this is minus the log-density.
def log_normal(z, mu, logvar):
    return -Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1)


# %% density: the density was computed first, and is 0 there; take the logarithm on paper.
def log_normal(z, mu, logvar):
    var = logvar.exp()
    density = torch.exp(-((z - mu) ** 2) / (2 * var)) / torch.sqrt(2 * torch.pi * var)
    return torch.log(density).sum(-1)


# %% density: a small number, 1e-10, was added to the density inside the logarithm, which hides how
# far out z is; take the logarithm on paper.
def log_normal(z, mu, logvar):
    var = logvar.exp()
    density = torch.exp(-((z - mu) ** 2) / (2 * var)) / torch.sqrt(2 * torch.pi * var)
    return torch.log(density + 1e-10).sum(-1)


# %% density: neither mu nor logvar is used: this is the density of the prior.
def log_normal(z, mu, logvar):
    return Normal(0.0, 1.0).log_prob(z).sum(-1)


# %% density, caught: mean and variance cut off
def log_normal(z, mu, logvar):
    return Normal(mu.detach(), (0.5 * logvar).exp().detach()).log_prob(z).sum(-1)


# %% density, caught: three units
def log_normal(z, mu, logvar):
    each = Normal(mu, (0.5 * logvar).exp()).log_prob(z)
    return each[:, 0] + each[:, 1] + each[:, 2]


# %% density, caught: float64
def log_normal(z, mu, logvar):
    return Normal(mu.double(), (0.5 * logvar.double()).exp()).log_prob(z).sum(-1)


# %% density, caught: changes z in place
def log_normal(z, mu, logvar):
    import math

    z -= mu
    return -0.5 * (math.log(2 * math.pi) + logvar + z**2 / logvar.exp()).sum(-1)


# %% density, caught: copied from the example
def log_normal(z, mu, logvar):
    return torch.tensor([-4.3379])


# %% density, caught: pi as 3.14
def log_normal(z, mu, logvar):
    return -0.5 * (math.log(2 * 3.14) + logvar + (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density, caught: gaussian_nll_loss cuts the variance off at 1e-6
def log_normal(z, mu, logvar):
    mu, logvar = mu.expand_as(z), logvar.expand_as(z)
    return -F.gaussian_nll_loss(mu, z, logvar.exp(), full=True, reduction="none").sum(-1)


# %% density, caught: 1e-10 added to the variance
def log_normal(z, mu, logvar):
    var = logvar.exp() + 1e-10
    return -0.5 * (math.log(2 * math.pi) + var.log() + (z - mu) ** 2 / var).sum(-1)


# %% density, caught: logvar clamped to -15..15
def log_normal(z, mu, logvar):
    logvar = logvar.clamp(-15, 15)
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density, caught: gradient lost for K draws only
def log_normal(z, mu, logvar):
    if z.ndim == 3:
        return torch.tensor([log_normal(draw, mu, logvar).tolist() for draw in z])
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density, caught: very small log-densities cut off at -1e6
def log_normal(z, mu, logvar):
    return Normal(mu, (logvar / 2).exp()).log_prob(z).clamp(min=-1e6).sum(-1)


# %% density: all halves are missing.
def log_normal(z, mu, logvar):
    return -(math.log(2 * math.pi) + logvar + (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density: the term with logvar has the wrong sign: narrow clouds are dense.
def log_normal(z, mu, logvar):
    return -0.5 * (math.log(2 * math.pi) - logvar + (z - mu) ** 2 / logvar.exp()).sum(-1)


# %% density: the squared distance is not divided by the variance.
def log_normal(z, mu, logvar):
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2).sum(-1)


# %% density: the squared distance is multiplied by the variance; divide.
def log_normal(z, mu, logvar):
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 * logvar.exp()).sum(-1)


# %% density: the distance has to be squared.
def log_normal(z, mu, logvar):
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) / logvar.exp()).sum(-1)


# %% density: you summed over the first dimension; sum over the last one, the units.
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(0)


# %% density: everything was summed; each point keeps its own number.
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum()


# %% density: you averaged over the first dimension too; each point keeps its own number.
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1).mean(0)


# %% density: you summed over images and units; each point keeps its own number.
def log_normal(z, mu, logvar):
    each = Normal(mu, (0.5 * logvar).exp()).log_prob(z)
    return each.sum((1, 2)) if z.ndim == 3 else each.sum(1)


# %% density: mu is missing: the distance is that of z from mu.
def log_normal(z, mu, logvar):
    return -0.5 * (math.log(2 * math.pi) + logvar + z**2 / logvar.exp()).sum(-1)


# %% density: logvar is not used: this is a cloud with sigma = 1.
def log_normal(z, mu, logvar):
    return Normal(mu, 1.0).log_prob(z).sum(-1)


# %% density, caught: squeezed
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1).squeeze()


# %% density, caught: the product of the densities, in float64
def log_normal(z, mu, logvar):
    d = torch.distributions.Normal(mu.double(), (0.5 * logvar.double()).exp())
    return d.log_prob(z.double()).exp().prod(-1).log().to(z.dtype)


# %% density, caught: the draws one after another in a long list
def log_normal(z, mu, logvar):
    each = Normal(mu, (0.5 * logvar).exp()).log_prob(z)
    return each.sum(-1).flatten()


# %% density, caught: the units counted along dimension 1
def log_normal(z, mu, logvar):
    d = z.shape[1]
    square = ((z - mu) ** 2 * torch.exp(-logvar)).sum(-1)
    return -0.5 * (d * math.log(2 * math.pi) + logvar.sum(-1) + square)


# %% density, right: Normal
def log_normal(z, mu, logvar):
    return Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(dim=-1)


# %% density, right: MultivariateNormal
def log_normal(z, mu, logvar):
    from torch.distributions import MultivariateNormal

    return MultivariateNormal(mu, scale_tril=torch.diag_embed((0.5 * logvar).exp())).log_prob(z)


# %% density, right: precision, and the constant times d
def log_normal(z, mu, logvar):
    import math

    d = z.shape[-1]
    square = ((z - mu) ** 2 * torch.exp(-logvar)).sum(-1)
    return -0.5 * (d * math.log(2 * math.pi) + logvar.sum(-1) + square)


# %% density, right: F.gaussian_nll_loss
def log_normal(z, mu, logvar):
    mu, var = mu.expand_as(z), logvar.exp().expand_as(z)
    return -F.gaussian_nll_loss(mu, z, var, full=True, eps=0, reduction="none").sum(-1)


# %% density, right: a loop over the units
def log_normal(z, mu, logvar):
    import numpy as np

    total = 0
    for j in range(z.shape[-1]):
        standard = (z[..., j] - mu[..., j]) / torch.exp(logvar[..., j] / 2)
        total = total - 0.5 * np.log(2 * np.pi) - logvar[..., j] / 2 - standard**2 / 2
    return total


# %% density, caught: logvar clamped to -30..30
def log_normal(z, mu, logvar):
    logvar = logvar.clamp(-30, 30)
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu).square() / logvar.exp()).sum(-1)


# %% elbo: the cross-entropy is averaged over the pixels, the KL summed over the units: that is a
# beta as large as the number of pixels.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return F.binary_cross_entropy_with_logits(logits, x) + beta * kl.mean()


# %% elbo: both terms are averaged over everything; sum over pixels and units, average over images.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
    return F.binary_cross_entropy_with_logits(logits, x) + beta * kl.mean()


# %% elbo: the KL is averaged over the units; they add up.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
    return (
        F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x) + beta * kl.mean()
    )


# %% elbo: the mean over the images is missing; this is the sum.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + beta * kld


# %% elbo: the KL is summed over the images; average it, as the cross-entropy.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + beta * kld


# %% elbo: the mean over the images is missing: there is still one value an image.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


# %% elbo: only the last dimension of the image was summed; join all with flatten(1).
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1).mean()
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: the KL has the wrong sign: the loss charges for it.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce - beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: this is the ELBO itself, to be made large; the loss is minus that.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    log_px_z = -F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return log_px_z - beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: the factor 1/2 of the KL is missing.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: in the KL, logvar was taken for log sigma; it is log sigma².
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * (0.5 * (mu**2 + (2 * logvar).exp() - 1) - logvar).sum(1).mean()


# %% elbo: the sigmoid was taken twice: F.binary_cross_entropy_with_logits does it itself.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits.sigmoid(), x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: x and the logits are swapped: torch's losses take the prediction first.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(x, logits, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo, caught: logits taken for pixels
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy(logits, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: this is the squared error in place of the cross-entropy.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    error = (x - logits.sigmoid()).square().sum() / len(x)
    return error + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: beta weighs the cross-entropy; it belongs to the KL.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return beta * bce + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: beta is not used.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: the sigmoid was taken first, and F.binary_cross_entropy cuts the logarithms off at -100;
# use its sister with_logits.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy(logits.sigmoid(), x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: the sigmoid was taken first and is exactly 0 or 1; use F.binary_cross_entropy_with_logits
# on the logits.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = torch.sigmoid(logits)
    bce = -(x * p.log() + (1 - x) * (1 - p).log()).flatten(1).sum(1)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()


# %% elbo: adding 1e-8 inside the logarithm keeps the logarithm finite but changes the loss; use
# F.binary_cross_entropy_with_logits on the logits.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = torch.sigmoid(logits)
    bce = -(x * (p + 1e-8).log() + (1 - x) * (1 - p + 1e-8).log()).flatten(1).sum(1)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()


# %% elbo: cutting the sigmoid off at 1e-6 and 1 - 1e-6 keeps the logarithm finite but changes the
# loss; use F.binary_cross_entropy_with_logits on the logits.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = torch.sigmoid(logits).clamp(1e-6, 1 - 1e-6)
    bce = F.binary_cross_entropy(p, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo, caught: returns a float
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()).item()


# %% elbo, caught: KL detached
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()
    return bce + beta * kl.detach()


# %% elbo, caught: batch size of the example
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()) / 2


# %% elbo, caught: flat images of MNIST
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    x, logits = x.view(-1, 784), logits.view(-1, 784)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()


# %% elbo, caught: dimensions of (B, 1, H, W)
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=(1, 2, 3))
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()


# %% elbo: x was rounded to 0 and 1; grey values count as they are.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x.round(), reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo, caught: float64
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits.double(), x.double(), reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: the sigmoid was taken first, and F.binary_cross_entropy cuts the logarithms off at
# -100; use its sister with_logits.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = logits.sigmoid_()
    bce = F.binary_cross_entropy(p, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo, caught: logvar clamped to -10..10 in the KL
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    logvar = logvar.clamp(-10, 10)
    ce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (ce + beta * kl).mean()


# %% elbo, caught: view fails on images that are not contiguous
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    x, logits = x.view(x.size(0), -1), logits.view(logits.size(0), -1)
    ce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (ce + beta * kl).mean()


# %% elbo: the cross-entropy is summed over the images; average it, as the KL.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") + beta * kl.mean()


# %% elbo: the cross-entropy has the wrong sign: the loss charges for it.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return beta * kl.mean() - bce


# %% elbo: the KL is missing.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)


# %% elbo: the cross-entropy is missing.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    return beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo: in the KL, exp(logvar / 2) is sigma; the formula has its square.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + (logvar / 2).exp() - 1 - logvar).sum(1)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * kl.mean()


# %% elbo: in the KL, logvar was taken for sigma; it is the logarithm of the variance.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar**2 - 1 - (logvar**2).log()).sum(1)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * kl.mean()


# %% elbo: beta weighs both terms; it belongs to the KL alone.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return beta * (bce + kl.mean())


# %% elbo: the KL is divided by beta; multiply.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + kl.mean() / beta


# %% elbo: the weights are 1 - beta and beta; the cross-entropy keeps its weight of 1.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return (1 - beta) * bce + beta * kl.mean()


# %% elbo: beta = 0 was taken for no beta at all; the KL then counts for nothing.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    beta = beta or 1.0
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * kl.mean()


# %% elbo: log(1 + exp(…)) overflows for large logits; F.softplus is the same without that.
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    each = (1 + logits.exp()).log() - x * logits
    return each.flatten(1).sum(1).mean() + beta * kl.mean()


# %% elbo, caught: cut off at 1e-7 and 1 - 1e-7
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    bce = F.binary_cross_entropy(p, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo, caught: the logits clamped
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    logits = logits.clamp(-30, 30)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


# %% elbo, caught: one value in a row
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (bce + beta * kl.mean()).view(1)


# %% elbo, caught: the clouds of all but the last image
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)[: max(1, len(x) - 1)]
    return bce + beta * kl.mean()


# %% elbo, caught: 784 pixels written in
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return 784 * F.binary_cross_entropy_with_logits(logits, x) + beta * kl.mean()


# %% elbo, right: the sums, over the batch
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (bce + beta * kld) / x.shape[0]


# %% elbo, right: softplus
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = (F.softplus(logits) - x * logits).flatten(1).sum(1).mean()
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()
    return bce + beta * kl


# %% elbo, right: torch.distributions
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    from torch.distributions import Bernoulli, Independent, kl_divergence

    p = Bernoulli(logits=logits, validate_args=False)
    log_px_z = Independent(p, x.ndim - 1, validate_args=False).log_prob(x)
    kl = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0)).sum(1)
    return -(log_px_z - beta * kl).mean()


# %% elbo, right: a loop over the images
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    total = 0
    for i in range(len(x)):
        white, black = F.logsigmoid(logits[i]), F.logsigmoid(-logits[i])
        total = total - (x[i] * white + (1 - x[i]) * black).sum()
        total = total + beta * 0.5 * (mu[i] ** 2 + logvar[i].exp() - 1 - logvar[i]).sum()
    return total / len(x)


# %% elbo, right: nn.BCEWithLogitsLoss, rescaled
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    pixels = x[0].numel()
    bce = nn.BCEWithLogitsLoss()(logits, x) * pixels
    return bce + 0.5 * beta * (mu.square() + logvar.exp() - 1.0 - logvar).sum(dim=-1).mean()


# %% elbo, caught: logvar clamped to 10 from above in the KL
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    per_pixel = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.clamp(max=10).exp() - 1 - logvar).sum(1)
    return (per_pixel.flatten(1).sum(1) + beta * kl).mean()


# %% elbo, caught: logvar clamped to -20..20 in the KL
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    logvar = logvar.clamp(-20, 20)
    per_pixel = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)
    return (per_pixel.flatten(1).sum(1) + beta * kl).mean()


# %% elbo, caught: no gradient at logits of 0
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    ce = logits.relu() - logits * x + torch.log1p(torch.exp(-logits.abs()))
    ce = ce.flatten(1).sum(1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)
    return (ce + beta * kl).mean()


# %% prior: the model decoded in training mode; model.eval() comes before.
def generate(model, n, d, generator):
    with torch.no_grad():
        return model.decode(torch.randn(n, d, generator=generator))


# %% prior, caught: mode not restored
def generate(model, n, d, generator):
    model.eval()
    with torch.no_grad():
        return model.decode(torch.randn(n, d, generator=generator))


# %% prior, caught: always back to training
def generate(model, n, d, generator):
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator))
    model.train()
    return images


# %% prior, caught: with a graph
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior: uniform noise (torch.rand); the prior is normal.
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.rand(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: generator ignored
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d))
    model.train(mode)
    return images


# %% prior, caught: generator reset
def generate(model, n, d, generator):
    generator.manual_seed(0)
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: the whole model
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior: one and the same code n times; draw noise of shape (n, d).
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(1, d, generator=generator).expand(n, d))
    model.train(mode)
    return images


# %% prior: the sigmoid was taken twice: model.decode gives pixels already.
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).sigmoid()
    model.train(mode)
    return images


# %% prior: these are the codes; the images are asked for.
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z = torch.randn(n, d, generator=generator)
        model.decode(z)
    model.train(mode)
    return z


# %% prior, caught: shape the wrong way round
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(d, n, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: gradients off for good
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    torch.set_grad_enabled(False)
    images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: parameters frozen
def generate(model, n, d, generator):
    mode = model.training
    model.eval().requires_grad_(False)
    images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: twenty units
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(16, 20, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: noise of NumPy
def generate(model, n, d, generator):
    import numpy as np

    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.from_numpy(np.random.randn(n, d)).float())
    model.train(mode)
    return images


# %% prior, caught: only the last layer
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decoder(torch.randn(n, d, generator=generator)).sigmoid()
    model.train(mode)
    return images


# %% prior, caught: one image without its batch
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).squeeze()
    model.train(mode)
    return images


# %% prior, caught: a wider prior
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(2 * torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: float64
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).double()
    model.train(mode)
    return images


# %% prior, caught: whole batches of 100 only: the rest is left out
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = torch.cat(
            [
                model.decode(torch.randn(min(n, 100), d, generator=generator))
                for _ in range(max(1, n // 100))
            ]
        )
    model.train(mode)
    return images


# %% prior, caught: works on a copy of the generator: the caller's does not move on
def generate(model, n, d, generator):
    g = torch.Generator()
    g.set_state(generator.get_state())
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=g))
    model.train(mode)
    return images


# %% prior, caught: uniform noise with variance 1
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    z = (torch.rand(n, d, generator=generator) - 0.5) * math.sqrt(12)
    with torch.no_grad():
        images = model.decode(z)
    model.train(mode)
    return images


# %% prior, caught: temperature 0.95
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(0.95 * torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior, caught: codes brought to length sqrt(d)
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    z = torch.randn(n, d, generator=generator)
    z = z / z.norm(dim=1, keepdim=True) * math.sqrt(d)
    with torch.no_grad():
        images = model.decode(z)
    model.train(mode)
    return images


# %% prior, caught: global noise seeded from the generator: the global state is changed
def generate(model, n, d, generator):
    torch.manual_seed(int(torch.randint(0, 2**31, (1,), generator=generator)))
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d))
    model.train(mode)
    return images


# %% prior: the model decoded in training mode; model.eval() comes before.
def generate(model, n, d, generator):
    mode = model.training
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images


# %% prior: rounded to black and white; return what decode gives.
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).round()
    model.train(mode)
    return images


# %% prior, caught: codes standardised, which makes nan of a single one
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    z = torch.randn(n, d, generator=generator)
    z = (z - z.mean(0)) / z.std(0)
    with torch.no_grad():
        images = model.decode(z)
    model.train(mode)
    return images


# %% prior, caught: one noise for all units
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, 1, generator=generator).expand(n, d))
    model.train(mode)
    return images


# %% prior, caught: half of the codes are copies
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    half = torch.randn((n + 1) // 2, d, generator=generator)
    with torch.no_grad():
        images = model.decode(torch.cat([half, half])[:n])
    model.train(mode)
    return images


# %% prior, caught: a seed of the generator's own
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(
            torch.randn(n, d, generator=generator.manual_seed(generator.initial_seed()))
        )
    model.train(mode)
    return images


# %% prior, caught: codes cut off at -3 and 3
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator).clamp(-3, 3))
    model.train(mode)
    return images


# %% prior, right: decorator and finally
@torch.no_grad()
def generate(model, n, d, generator):
    was_training = model.training
    try:
        model.eval()
        return model.decode(torch.randn((n, d), generator=generator))
    finally:
        model.train(was_training)


# %% prior, right: inference mode, normal_ in place
def generate(model, n, d, generator):
    z = torch.empty(n, d).normal_(generator=generator)
    mode = model.training
    with torch.inference_mode():
        images = model.eval().decode(z)
    if mode:
        model.train()
    return images


# %% prior, right: one by one
def generate(model, n, d, generator):
    mode, images = model.training, []
    model.train(False)
    for _ in range(n):
        z = torch.randn(1, d, generator=generator)
        with torch.no_grad():
            images.append(model.decode(z)[0])
    model.train(mode)
    return torch.stack(images)


# %% prior, right: detached afterwards
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    z = torch.normal(0.0, 1.0, (n, d), generator=generator)
    images = model.decode(z).detach()
    model.train(mode)
    return images


# %% prior, right: on a deep copy
def generate(model, n, d, generator):
    import copy

    twin = copy.deepcopy(model).eval().requires_grad_(False)
    return twin.decode(torch.randn(n, d, generator=generator))


# %% prior, caught: codes squeezed where d is 1
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator).squeeze(-1))
    model.train(mode)
    return images


# %% prior, caught: the pixels cut at 0.01 and 0.99
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).clamp(0.01, 0.99)
    model.train(mode)
    return images


# %% prior, caught: the last part of a thousand left out
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    chunk = min(n, 1000)
    images = []
    with torch.no_grad():
        for _ in range(n // chunk):
            images.append(model.decode(torch.randn(chunk, d, generator=generator)))
    model.train(mode)
    return torch.cat(images)


# %% prior, caught: half of the codes mirrored
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    half = torch.randn((n + 1) // 2, d, generator=generator)
    z = torch.cat([half, -half])[:n]
    with torch.no_grad():
        images = model.decode(z)
    model.train(mode)
    return images


# %% iw: this is the mean of the logarithms, the ELBO; the mean belongs inside the logarithm.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return (log_px_z + log_pz - log_qz_x).mean(0)


# %% iw: log K is missing: the mean over the draws, not their sum, is inside the logarithm.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return torch.logsumexp(log_px_z + log_pz - log_qz_x, dim=0)


# %% iw: log K is added; dividing by K takes it away.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) + torch.log(torch.tensor(float(len(log_w))))


# %% iw: exp(-2000) is 0 as a float, and log 0 is minus infinity; use logsumexp.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return (log_px_z + log_pz - log_qz_x).exp().mean(0).log()


# %%
def importance_weighted(log_px_z, log_pz, log_qz_x):
    w = log_px_z.exp() * log_pz.exp() / log_qz_x.exp()
    return w.mean(0).log()


# %% iw: a small number, 1e-10, was added inside the logarithm, which is then all that is left.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return ((log_px_z + log_pz - log_qz_x).exp().mean(0) + 1e-10).log()


# %% iw: the largest weight was taken out before the exponential and never put back.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (log_w - log_w.max(0).values).exp().mean(0).log()


# %% iw: the sum runs over the images; the draws are dimension 0.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=1) - torch.log(torch.tensor(float(log_w.shape[1])))


# %% iw: the sum runs over the draws, but the images were counted for log K.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(log_w.shape[1])))


# %% iw: log q(z|x) is added; w is divided by q.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz + log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))


# %% iw: log p(z) is missing.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))


# %% iw: the sign is turned; the bound itself is asked for.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.log(torch.tensor(float(len(log_w)))) - torch.logsumexp(log_w, dim=0)


# %% iw: averaged over the images too; each keeps its own bound.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))).mean()


# %% iw: the logarithm was divided by K; the sum is, inside the logarithm.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) / len(log_w)


# %% iw: only the largest weight was kept; all K count.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return (log_px_z + log_pz - log_qz_x).max(0).values


# %% iw: the number of draws was written in, as 3; count the rows of the input.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return torch.logsumexp(log_px_z + log_pz - log_qz_x, dim=0) - torch.log(torch.tensor(3.0))


# %% iw, caught: fifty draws
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return torch.logsumexp(log_px_z + log_pz - log_qz_x, dim=0) - torch.log(torch.tensor(50.0))


# %% iw, caught: in float64
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z.double() + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))


# %% iw, caught: every draw pulls alike, as for the ELBO
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    bound = (torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))).detach()
    return bound + log_w.mean(0) - log_w.mean(0).detach()


# %% iw, caught: q cut off
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x.detach()
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))


# %% iw, caught: no grad
@torch.no_grad()
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))


# %% iw, caught: changes an input in place
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_px_z += log_pz
    log_px_z -= log_qz_x
    return torch.logsumexp(log_px_z, dim=0) - torch.log(torch.tensor(float(len(log_px_z))))


# %% iw, caught: the mean is taken out, not the largest: overflows where the draws differ by more
# than 88
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    middle = log_w.mean(0)
    return middle + (log_w - middle).exp().mean(0).log()


# %% iw, caught: the largest of log p(x given z) is taken out, not of log w
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    top = log_px_z.max(0).values
    return top + (log_w - top).exp().mean(0).log()


# %% iw, caught: log weights cut off at -5000 and 5000, their sum reaches 15000
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = (log_px_z + log_pz - log_qz_x).clamp(-5000, 5000)
    return torch.logsumexp(log_w, 0) - math.log(len(log_w))


# %% iw: K itself was taken away, not its logarithm.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return log_w.logsumexp(0) - len(log_w)


# %% iw: this is the mean over the draws of w itself; its logarithm is asked for.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return (log_px_z + log_pz - log_qz_x).exp().mean(0)


# %% iw: log q(z|x) is missing.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz
    return log_w.logsumexp(0) - math.log(len(log_w))


# %% iw: log p(z) is taken away; w is multiplied by it.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z - log_pz - log_qz_x
    return log_w.logsumexp(0) - math.log(len(log_w))


# %% iw: log p(z) and log q(z|x) have changed places.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z - log_pz + log_qz_x
    return log_w.logsumexp(0) - math.log(len(log_w))


# %% iw: summed over the images too; each keeps its own bound.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (log_w.logsumexp(0) - math.log(len(log_w))).sum()


# %% iw: draws and images were thrown together; each image keeps its own bound.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return log_w.flatten().logsumexp(0) - math.log(log_w.numel())


# %% iw: the largest weight alone was kept, less log K; all K weights count.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return log_w.max(0).values - math.log(len(log_w))


# %% iw: log(K - 1) was taken away; a mean over K draws divides by K.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return log_w.logsumexp(0) - math.log(max(1, len(log_w) - 1))


# %% iw, caught: squeezed
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (log_w.logsumexp(0) - math.log(len(log_w))).squeeze()


# %% iw: exp(-2000) is 0 as a float, and log 0 is minus infinity; use logsumexp.
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z.double() + log_pz.double() - log_qz_x.double()
    return log_w.exp().mean(0).log().to(log_px_z.dtype)


# %% iw, caught: by way of the shares, 0 times infinity where one of them is 0
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    share = log_w.softmax(0).detach()
    return (share * (log_w - share.log())).sum(0) - math.log(len(log_w))


# %% iw, right: log_softmax's cousin by hand
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    top = log_w.max(dim=0, keepdim=True).values.detach()
    return top[0] + (log_w - top).exp().mean(0).log()


# %% iw, right: math.log
def importance_weighted(log_px_z, log_pz, log_qz_x):
    import math

    log_w = log_px_z + (log_pz - log_qz_x)
    return torch.logsumexp(log_w - math.log(log_w.shape[0]), 0)


# %% iw, right: logaddexp in a loop
def importance_weighted(log_px_z, log_pz, log_qz_x):
    import numpy as np

    K = log_px_z.size(0)
    total = log_px_z[0] + log_pz[0] - log_qz_x[0]
    for k in range(1, K):
        total = torch.logaddexp(total, log_px_z[k] + log_pz[k] - log_qz_x[k])
    return total - np.log(K)


# %% iw, right: by way of log_softmax
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (log_w - torch.log_softmax(log_w, dim=0))[0] - math.log(log_w.size(0))


# %% iw, right: image by image
def importance_weighted(log_px_z, log_pz, log_qz_x):
    bounds = []
    for a, b, c in zip(log_px_z.T, log_pz.T, log_qz_x.T):
        w = a + b - c
        bounds.append(torch.logsumexp(w, 0) - torch.tensor(len(w)).log())
    return torch.stack(bounds)


# %% active: the standard deviation was compared with 0.01; the variance is meant.
def active_units(mu):
    return mu.std(0) > 0.01


# %% active: the variance runs over the units of an image; take it over the images, dimension 0.
def active_units(mu):
    return mu.var(1) > 0.01


# %% active: one variance of all numbers together; each unit has its own.
def active_units(mu):
    return mu.var() > 0.01


# %% active: the size of mu was looked at; a unit whose mean is large but the same for all images
# says nothing.
def active_units(mu):
    return mu.abs().mean(0) > 0.01


# %% active: the square of mu was looked at; a unit whose mean is large but the same for all images
# says nothing.
def active_units(mu):
    return mu.square().mean(0) > 0.01


# %% active: True and False are the wrong way round: these are the collapsed ones.
def active_units(mu):
    return mu.var(0) < 0.01


# %% active: the limit was 0.1; it is 0.01.
def active_units(mu):
    return mu.var(0) > 0.1


# %% active, caught: the number of them
def active_units(mu):
    return int((mu.var(0) > 0.01).sum())


# %% active, caught: their indices
def active_units(mu):
    return torch.where(mu.var(0) > 0.01)[0]


# %% active, caught: zeros and ones
def active_units(mu):
    return (mu.var(0) > 0.01).float()


# %% active, caught: a list
def active_units(mu):
    return [bool(v > 0.01) for v in mu.var(0)]


# %% active: the squared distances from the mean were summed; the variance is their average.
def active_units(mu):
    return (mu - mu.mean(0)).square().sum(0) > 0.01


# %% active, caught: centred in place
def active_units(mu):
    mu -= mu.mean(0)
    return mu.square().mean(0) > 0.01


# %% active, caught: copied from the example
def active_units(mu):
    return torch.tensor([True, False])


# %% active, caught: the mean absolute deviation, not the standard deviation
def active_units(mu):
    return (mu - mu.mean(0)).abs().mean(0) > 0.1


# %% active, caught: mean of squares minus square of the mean: cancels for large means
def active_units(mu):
    return mu.square().mean(0) - mu.mean(0).square() > 0.01


# %% active, caught: neighbouring images compared only
def active_units(mu):
    return (mu[1:] - mu[:-1]).square().mean(0) / 2 > 0.01


# %% active, caught: torch.cov gives a single number for d = 1, which has no diagonal
def active_units(mu):
    return torch.cov(mu.T).diagonal() > 0.01


# %% active, caught: squeezed: d = 1 loses its dimension
def active_units(mu):
    return (mu.var(0) > 0.01).squeeze()


# %% active, caught: the median is taken away and the squares averaged
def active_units(mu):
    return (mu - mu.median(0).values).square().median(0).values > 0.01


# %% active: the variance was divided by the squared mean; it is compared as it is.
def active_units(mu):
    return mu.var(0) / mu.mean(0).square() > 0.01


# %% active, caught: a sum over a fixed number of images
def active_units(mu):
    return (mu - mu.mean(0)).square().sum(0) / 4 > 0.01


# %% active, caught: the range between the largest and the smallest
def active_units(mu):
    return mu.max(0).values - mu.min(0).values > 0.2


# %% active, caught: uint8
def active_units(mu):
    return (mu.var(0) > 0.01).to(torch.uint8)


# %% active, caught: a limit of 0.02
def active_units(mu):
    return mu.var(0) > 0.02


# %% active, caught: a limit of 0.005
def active_units(mu):
    return mu.var(0) > 0.005


# %% active, right: population variance
def active_units(mu):
    return mu.var(dim=0, unbiased=False) > 0.01


# %% active, right: by hand
def active_units(mu):
    centred = mu - mu.mean(0, keepdim=True)
    return centred.pow(2).mean(0).gt(1e-2)


# %% active, right: the covariance's diagonal
def active_units(mu):
    return torch.cov(mu.T).reshape(mu.shape[1], mu.shape[1]).diagonal() > 0.01


# %% active, right: unit by unit
def active_units(mu):
    return torch.tensor([mu[:, j].std().item() > 0.1 for j in range(mu.shape[1])])


# %% active, right: NumPy
def active_units(mu):
    return torch.from_numpy(mu.numpy().var(axis=0) > 0.01)


# %% active, caught: the first 1,000 images alone
def active_units(mu):
    return mu[:1000].var(0) > 0.01
