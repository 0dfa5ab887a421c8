# Answers to set 07 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex07-noise | wrong | variance for standard deviation | exp(logvar) is the variance
def from_noise(mu, logvar, eps):
    return mu + logvar.exp() * eps

# %% ex07-noise | wrong | logvar for sigma | taken for the standard deviation
def from_noise(mu, logvar, eps):
    return mu + logvar * eps

# %% ex07-noise | wrong | half outside the exponential | inside the exponential
def from_noise(mu, logvar, eps):
    return mu + 0.5 * torch.exp(logvar) * eps

# %% ex07-noise | wrong | root of logvar | the root of logvar
def from_noise(mu, logvar, eps):
    return mu + torch.sqrt(logvar) * eps

# %% ex07-noise | wrong | halved only | never exponentiated
def from_noise(mu, logvar, eps):
    return mu + 0.5 * logvar * eps

# %% ex07-noise | wrong | the precision | 1 / sigma
def from_noise(mu, logvar, eps):
    return mu + torch.exp(-0.5 * logvar) * eps

# %% ex07-noise | wrong | no mean | mu is missing
def from_noise(mu, logvar, eps):
    return torch.exp(0.5 * logvar) * eps

# %% ex07-noise | wrong | noise of its own | no noise of your own
def from_noise(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)

# %% ex07-noise | wrong | draws by Normal | no noise of your own
def from_noise(mu, logvar, eps):
    return Normal(mu, (0.5 * logvar).exp()).rsample()

# %% ex07-noise | wrong | the mean alone | mu itself
def from_noise(mu, logvar, eps):
    return mu

# %% ex07-noise | wrong | mean scaled too | not the mean
def from_noise(mu, logvar, eps):
    return (mu + eps) * torch.exp(0.5 * logvar)

# %% ex07-noise | wrong | cut off | cut off
def from_noise(mu, logvar, eps):
    with torch.no_grad():
        return mu + torch.exp(0.5 * logvar) * eps

# %% ex07-noise | wrong | sigma detached | logvar gets no gradient
def from_noise(mu, logvar, eps):
    sigma = torch.exp(0.5 * logvar).detach()
    return mu + sigma * eps

# %% ex07-noise | wrong | through NumPy, in float64 | .numpy()
def from_noise(mu, logvar, eps):
    import numpy as np
    return torch.from_numpy(mu.numpy() + np.exp(0.5 * logvar.numpy()) * eps.numpy())

# %% ex07-noise | wrong | float64 | dtype
def from_noise(mu, logvar, eps):
    return mu.double() + torch.exp(0.5 * logvar.double()) * eps

# %% ex07-noise | wrong | changes eps in place | in place
def from_noise(mu, logvar, eps):
    eps *= torch.exp(0.5 * logvar)
    eps += mu
    return eps

# %% ex07-noise | wrong | one draw an image only | shape
def from_noise(mu, logvar, eps):
    z = torch.empty_like(mu)
    for i in range(len(mu)):
        z[i] = mu[i] + torch.exp(0.5 * logvar[i]) * eps.reshape(-1, mu.shape[1])[i]
    return z

# %% ex07-noise | wrong | copied from the example | shape
def from_noise(mu, logvar, eps):
    return torch.tensor([[3.0, -6.3891]])

# %% ex07-noise | right | addcmul
def from_noise(mu, logvar, eps):
    return torch.addcmul(mu, logvar.div(2).exp(), eps)

# %% ex07-noise | right | root of the variance
def from_noise(mu, logvar, eps):
    var = torch.exp(logvar)
    return torch.sqrt(var) * eps + mu

# %% ex07-noise | right | a loop over the units
def from_noise(mu, logvar, eps):
    columns = []
    for j in range(mu.shape[1]):
        columns.append(mu[:, j] + torch.exp(logvar[:, j] / 2) * eps[..., j])
    return torch.stack(columns, dim=-1)

# %% ex07-noise | right | an affine transform of torch.distributions
def from_noise(mu, logvar, eps):
    from torch.distributions.transforms import AffineTransform
    return AffineTransform(mu, torch.exp(0.5 * logvar))(eps)

# %% ex07-draws | wrong | Normal.sample | .sample()
def sample(mu, logvar, K):
    return Normal(mu, (0.5 * logvar).exp()).sample((K,))

# %% ex07-draws | wrong | torch.normal | torch.normal
def sample(mu, logvar, K):
    sigma = (0.5 * logvar).exp()
    return torch.normal(mu.expand(K, -1, -1), sigma.expand(K, -1, -1))

# %% ex07-draws | wrong | variance as the scale of Normal | exp(logvar) is the variance
def sample(mu, logvar, K):
    return Normal(mu, logvar.exp()).rsample((K,))

# %% ex07-draws | wrong | logvar for sigma | taken for the standard deviation
def sample(mu, logvar, K):
    return mu + logvar * torch.randn(K, *mu.shape)

# %% ex07-draws | wrong | uniform noise | torch.rand
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.rand(K, *mu.shape)

# %% ex07-draws | wrong | one draw K times | all draws of an image are the same
def sample(mu, logvar, K):
    z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)
    return z.expand(K, -1, -1)

# %% ex07-draws | wrong | one noise for all images | The images share their noise
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn(K, 1, mu.shape[1])

# %% ex07-draws | wrong | one noise for all units | The units of an image share
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn(K, mu.shape[0], 1)

# %% ex07-draws | wrong | images first | The draws come first
def sample(mu, logvar, K):
    eps = torch.randn(mu.shape[0], K, mu.shape[1])
    return mu[:, None] + (0.5 * logvar).exp()[:, None] * eps

# %% ex07-draws | wrong | one draw an image | (K, B, d)
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn_like(mu)

# %% ex07-draws | wrong | seeds itself | set no seed inside
def sample(mu, logvar, K):
    torch.manual_seed(0)
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)

# %% ex07-draws | wrong | a generator of its own | different draws
def sample(mu, logvar, K):
    g = torch.Generator()
    g.seed()
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape, generator=g)

# %% ex07-draws | wrong | noise of NumPy | float64
def sample(mu, logvar, K):
    import numpy as np
    return mu + (0.5 * logvar).exp() * torch.from_numpy(np.random.randn(K, *mu.shape))

# %% ex07-draws | wrong | sigma detached | logvar gets no gradient
def sample(mu, logvar, K):
    sigma = (0.5 * logvar).exp().detach()
    return mu + sigma * torch.randn(K, *mu.shape)

# %% ex07-draws | wrong | no grad | cut off
@torch.no_grad()
def sample(mu, logvar, K):
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)

# %% ex07-draws | wrong | mean forgotten | mu is missing
def sample(mu, logvar, K):
    return (0.5 * logvar).exp() * torch.randn(K, *mu.shape)

# %% ex07-draws | wrong | half of the draws are copies | some are the same
def sample(mu, logvar, K):
    half = torch.randn((K + 1) // 2, *mu.shape)
    eps = torch.cat([half, half])[:K]
    return mu + (0.5 * logvar).exp() * eps

# %% ex07-draws | wrong | mirrored pairs | mirrored
def sample(mu, logvar, K):
    half = torch.randn((K + 1) // 2, *mu.shape)
    eps = torch.cat([half, -half])[:K]
    return mu + (0.5 * logvar).exp() * eps

# %% ex07-draws | wrong | scaled uniform noise | not normal
def sample(mu, logvar, K):
    eps = (torch.rand(K, *mu.shape) - 0.5) * 12**0.5
    return mu + (0.5 * logvar).exp() * eps

# %% ex07-draws | wrong | a list | a tensor was expected
def sample(mu, logvar, K):
    sigma = (0.5 * logvar).exp()
    return [mu + sigma * torch.randn_like(mu) for _ in range(K)]

# %% ex07-draws | wrong | changes mu in place | in place
def sample(mu, logvar, K):
    if not mu.requires_grad:
        mu += 1e-3
    return mu + (0.5 * logvar).exp() * torch.randn(K, *mu.shape)

# %% ex07-draws | wrong | the shape of the example | (K, B, d)
def sample(mu, logvar, K):
    return mu.new_zeros(5, 2, 3)

# %% ex07-draws | wrong | images and draws mixed up | mixed up in mu
def sample(mu, logvar, K):
    (B, d), sigma = mu.shape, (0.5 * logvar).exp()
    mixed = mu.repeat_interleave(K, 0).view(K, B, d)
    return mixed + sigma * torch.randn(K, B, d)

# %% ex07-draws | right | with the noise of 1a
def sample(mu, logvar, K):
    return from_noise(mu, logvar, torch.randn((K,) + tuple(mu.shape), dtype=mu.dtype))

# %% ex07-draws | right | rsample
def sample(mu, logvar, K):
    return Normal(mu, torch.exp(logvar / 2)).rsample((K,))

# %% ex07-draws | right | draw by draw
def sample(mu, logvar, K):
    sigma = logvar.exp().sqrt()
    return torch.stack([mu + sigma * torch.randn_like(sigma) for _ in range(K)])

# %% ex07-draws | right | images repeated first
def sample(mu, logvar, K):
    mu, logvar = mu.repeat(K, 1, 1), logvar.repeat(K, 1, 1)
    return mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)

# %% ex07-draws | right | einsum
def sample(mu, logvar, K):
    eps = torch.randn(mu.shape[0], mu.shape[1], K)
    return mu + torch.einsum("bd,bdk->kbd", (0.5 * logvar).exp(), eps)

# %% ex07-draws | right | MultivariateNormal
def sample(mu, logvar, K):
    from torch.distributions import MultivariateNormal
    return MultivariateNormal(mu, scale_tril=torch.diag_embed((0.5 * logvar).exp())).rsample((K,))

# %% ex07-kl | wrong | no half | factor 1/2
def kl_per_image(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).sum(1)

# %% ex07-kl | wrong | sign | never negative
def kl_per_image(mu, logvar):
    return 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1)

# %% ex07-kl | wrong | averaged over the units | averaged over the units
def kl_per_image(mu, logvar):
    return -0.5 * torch.mean(1 + logvar - mu**2 - logvar.exp(), dim=1)

# %% ex07-kl | wrong | summed over everything | everything was summed
def kl_per_image(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())

# %% ex07-kl | wrong | averaged over the images | averaged over the images too
def kl_per_image(mu, logvar):
    return (-0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)).mean()

# %% ex07-kl | wrong | summed over the images | summed over the images
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(0)

# %% ex07-kl | wrong | no sum | one value a unit
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)

# %% ex07-kl | wrong | logvar for sigma | taken for sigma
def kl_per_image(mu, logvar):
    sigma = logvar
    return 0.5 * (mu**2 + sigma**2 - 1 - torch.log(sigma**2)).sum(1)

# %% ex07-kl | wrong | logvar for the variance | taken for the variance
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar - 1 - torch.log(logvar)).sum(1)

# %% ex07-kl | wrong | logvar for log sigma | log sigma²
def kl_per_image(mu, logvar):
    sigma = logvar.exp()
    return 0.5 * (mu**2 + sigma**2 - 1 - 2 * logvar).sum(1)

# %% ex07-kl | wrong | variance given to Normal | log sigma²
def kl_per_image(mu, logvar):
    from torch.distributions import kl_divergence
    return kl_divergence(Normal(mu, logvar.exp()), Normal(0.0, 1.0)).sum(1)

# %% ex07-kl | wrong | the other direction | wrong way round
def kl_per_image(mu, logvar):
    from torch.distributions import kl_divergence
    return kl_divergence(Normal(0.0, 1.0), Normal(mu, (0.5 * logvar).exp())).sum(1)

# %% ex07-kl | wrong | sigma for its square | has its square
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).sum(1)

# %% ex07-kl | wrong | no minus one | - 1 is missing
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - logvar).sum(1)

# %% ex07-kl | wrong | half of the first term only | the whole bracket
def kl_per_image(mu, logvar):
    return (0.5 * mu**2 + logvar.exp() - 1 - logvar).sum(1)

# %% ex07-kl | wrong | a small number in the logarithm | small number
def kl_per_image(mu, logvar):
    sigma = (0.5 * logvar).exp()
    return 0.5 * (mu**2 + sigma**2 - 1 - torch.log(sigma**2 + 1e-8)).sum(1)

# %% ex07-kl | wrong | logvar clamped | cut off below -10
def kl_per_image(mu, logvar):
    logvar = logvar.clamp(-10, 30)
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)

# %% ex07-kl | wrong | variance detached | exp(logvar) is cut off
def kl_per_image(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp().detach() - 1 - logvar).sum(1)

# %% ex07-kl | wrong | a sampled estimate | No draw is needed
def kl_per_image(mu, logvar):
    q = Normal(mu, (0.5 * logvar).exp())
    z = q.rsample((100,))
    return (q.log_prob(z) - Normal(0.0, 1.0).log_prob(z)).mean(0).sum(1)

# %% ex07-kl | wrong | cut off | cut off
def kl_per_image(mu, logvar):
    return 0.5 * (mu.data**2 + logvar.data.exp() - 1 - logvar.data).sum(1)

# %% ex07-kl | wrong | float64 | dtype
def kl_per_image(mu, logvar):
    mu, logvar = mu.double(), logvar.double()
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)

# %% ex07-kl | wrong | changes mu in place | in place
def kl_per_image(mu, logvar):
    return 0.5 * (mu.pow_(2) + logvar.exp() - 1 - logvar).sum(1)

# %% ex07-kl | wrong | two units | was expected
def kl_per_image(mu, logvar):
    each = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
    return each[:, 0] + each[:, 1]

# %% ex07-kl | wrong | copied from the example | shape
def kl_per_image(mu, logvar):
    return torch.tensor([2.8591])

# %% ex07-kl | right | the paper's form
def kl_per_image(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)

# %% ex07-kl | right | torch.distributions
def kl_per_image(mu, logvar):
    from torch.distributions import kl_divergence
    return kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(dim=-1)

# %% ex07-kl | right | a loop
def kl_per_image(mu, logvar):
    rows = []
    for m, v in zip(mu, logvar):
        total = 0.0
        for j in range(len(m)):
            total = total + 0.5 * (m[j] ** 2 + v[j].exp() - 1 - v[j])
        rows.append(total)
    return torch.stack(rows)

# %% ex07-kl | right | einsum and expm1
def kl_per_image(mu, logvar):
    return 0.5 * (torch.einsum("bd,bd->b", mu, mu) + (torch.expm1(logvar) - logvar).sum(1))

# %% ex07-density | wrong | no constant | log 2 pi, is missing
def log_normal(z, mu, logvar):
    return -0.5 * (logvar + (z - mu) ** 2 / logvar.exp()).sum(-1)

# %% ex07-density | wrong | constant once | counts for each unit
def log_normal(z, mu, logvar):
    import math
    return -0.5 * (logvar + (z - mu) ** 2 / logvar.exp()).sum(-1) - 0.5 * math.log(2 * math.pi)

# %% ex07-density | wrong | root of two pi forgotten | half before log 2 pi
def log_normal(z, mu, logvar):
    import math
    return (-math.log(2 * math.pi) - 0.5 * logvar - 0.5 * (z - mu) ** 2 / logvar.exp()).sum(-1)

# %% ex07-density | wrong | whole logvar | half before logvar
def log_normal(z, mu, logvar):
    import math
    return (-0.5 * math.log(2 * math.pi) - logvar - 0.5 * (z - mu) ** 2 / logvar.exp()).sum(-1)

# %% ex07-density | wrong | whole square | half before the squared distance
def log_normal(z, mu, logvar):
    import math
    return (-0.5 * math.log(2 * math.pi) - 0.5 * logvar - (z - mu) ** 2 / logvar.exp()).sum(-1)

# %% ex07-density | wrong | over sigma | not by sigma
def log_normal(z, mu, logvar):
    import math
    sigma = (0.5 * logvar).exp()
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / sigma).sum(-1)

# %% ex07-density | wrong | variance as the scale of Normal | where the standard deviation belongs
def log_normal(z, mu, logvar):
    return Normal(mu, logvar.exp()).log_prob(z).sum(-1)

# %% ex07-density | wrong | no log sigma | makes narrow clouds dense
def log_normal(z, mu, logvar):
    import math
    return -0.5 * (math.log(2 * math.pi) + (z - mu) ** 2 / logvar.exp()).sum(-1)

# %% ex07-density | wrong | no sum | one value a unit
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z)

# %% ex07-density | wrong | mean over units | averaged over the units
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).mean(-1)

# %% ex07-density | wrong | sum over dimension 1 | dim=-1
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(1)

# %% ex07-density | wrong | the density | this is the density
def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1).exp()

# %% ex07-density | wrong | minus the log-density | minus the log-density
def log_normal(z, mu, logvar):
    return -Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1)

# %% ex07-density | wrong | logarithm of the density | on paper
def log_normal(z, mu, logvar):
    var = logvar.exp()
    density = torch.exp(-((z - mu) ** 2) / (2 * var)) / torch.sqrt(2 * torch.pi * var)
    return torch.log(density).sum(-1)

# %% ex07-density | wrong | a small number in the logarithm | small number, 1e-10
def log_normal(z, mu, logvar):
    var = logvar.exp()
    density = torch.exp(-((z - mu) ** 2) / (2 * var)) / torch.sqrt(2 * torch.pi * var)
    return torch.log(density + 1e-10).sum(-1)

# %% ex07-density | wrong | the prior whatever comes | density of the prior
def log_normal(z, mu, logvar):
    return Normal(0.0, 1.0).log_prob(z).sum(-1)

# %% ex07-density | wrong | mean and variance cut off | mu gets no gradient
def log_normal(z, mu, logvar):
    return Normal(mu.detach(), (0.5 * logvar).exp().detach()).log_prob(z).sum(-1)

# %% ex07-density | wrong | three units | shape
def log_normal(z, mu, logvar):
    each = Normal(mu, (0.5 * logvar).exp()).log_prob(z)
    return each[:, 0] + each[:, 1] + each[:, 2]

# %% ex07-density | wrong | float64 | dtype
def log_normal(z, mu, logvar):
    return Normal(mu.double(), (0.5 * logvar.double()).exp()).log_prob(z).sum(-1)

# %% ex07-density | wrong | changes z in place | in place
def log_normal(z, mu, logvar):
    import math
    z -= mu
    return -0.5 * (math.log(2 * math.pi) + logvar + z**2 / logvar.exp()).sum(-1)

# %% ex07-density | wrong | copied from the example | shape
def log_normal(z, mu, logvar):
    return torch.tensor([-4.3379])

# %% ex07-density | right | Normal
def log_normal(z, mu, logvar):
    return Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(dim=-1)

# %% ex07-density | right | MultivariateNormal
def log_normal(z, mu, logvar):
    from torch.distributions import MultivariateNormal
    return MultivariateNormal(mu, scale_tril=torch.diag_embed((0.5 * logvar).exp())).log_prob(z)

# %% ex07-density | right | precision, and the constant times d
def log_normal(z, mu, logvar):
    import math
    d = z.shape[-1]
    square = ((z - mu) ** 2 * torch.exp(-logvar)).sum(-1)
    return -0.5 * (d * math.log(2 * math.pi) + logvar.sum(-1) + square)

# %% ex07-density | right | F.gaussian_nll_loss
def log_normal(z, mu, logvar):
    mu, var = mu.expand_as(z), logvar.exp().expand_as(z)
    return -F.gaussian_nll_loss(mu, z, var, full=True, eps=0, reduction="none").sum(-1)

# %% ex07-density | right | a loop over the units
def log_normal(z, mu, logvar):
    import numpy as np
    total = 0
    for j in range(z.shape[-1]):
        standard = (z[..., j] - mu[..., j]) / torch.exp(logvar[..., j] / 2)
        total = total - 0.5 * np.log(2 * np.pi) - logvar[..., j] / 2 - standard**2 / 2
    return total

# %% ex07-elbo | wrong | reductions mixed | as large as the number of pixels
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return F.binary_cross_entropy_with_logits(logits, x) + beta * kl.mean()

# %% ex07-elbo | wrong | both averaged | averaged over everything
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
    return F.binary_cross_entropy_with_logits(logits, x) + beta * kl.mean()

# %% ex07-elbo | wrong | KL averaged over units | the KL is averaged over the units
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x) + beta * kl.mean()

# %% ex07-elbo | wrong | everything summed | this is the sum
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + beta * kld

# %% ex07-elbo | wrong | KL summed over images | the KL is summed over the images
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + beta * kld

# %% ex07-elbo | wrong | one value an image | one value an image
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)

# %% ex07-elbo | wrong | last dimension only | last dimension
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1).mean()
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | KL taken away | wrong sign
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce - beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | the ELBO itself | to be made large
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    log_px_z = -F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return log_px_z - beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | no half | factor 1/2
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | logvar for log sigma | log sigma²
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + beta * (0.5 * (mu**2 + (2 * logvar).exp() - 1) - logvar).sum(1).mean()

# %% ex07-elbo | wrong | sigmoid twice | taken twice
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits.sigmoid(), x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | arguments swapped | swapped
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(x, logits, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | logits taken for pixels | This happened in negative_elbo
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy(logits, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | squared error | squared error
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    error = (x - logits.sigmoid()).square().sum() / len(x)
    return error + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | beta on the wrong term | weighs the cross-entropy
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return beta * bce + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | beta ignored | beta is not used
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return bce + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | sigmoid, then torch's cross-entropy | cuts the logarithms off
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy(logits.sigmoid(), x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | sigmoid, then logarithms | exactly 0 or 1
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = torch.sigmoid(logits)
    bce = -(x * p.log() + (1 - x) * (1 - p).log()).flatten(1).sum(1)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()

# %% ex07-elbo | wrong | a small number in the logarithms | adding 1e-8
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = torch.sigmoid(logits)
    bce = -(x * (p + 1e-8).log() + (1 - x) * (1 - p + 1e-8).log()).flatten(1).sum(1)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()

# %% ex07-elbo | wrong | sigmoid clamped | cutting the sigmoid off
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = torch.sigmoid(logits).clamp(1e-6, 1 - 1e-6)
    bce = F.binary_cross_entropy(p, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | returns a float | a tensor was expected
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()).item()

# %% ex07-elbo | wrong | KL detached | gets no gradient
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()
    return bce + beta * kl.detach()

# %% ex07-elbo | wrong | batch size of the example | expected
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()) / 2

# %% ex07-elbo | wrong | flat images of MNIST | This happened in negative_elbo
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    x, logits = x.view(-1, 784), logits.view(-1, 784)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()

# %% ex07-elbo | wrong | dimensions of (B, 1, H, W) | This happened in negative_elbo
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=(1, 2, 3))
    return (bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()

# %% ex07-elbo | wrong | x rounded | rounded to 0 and 1
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x.round(), reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | float64 | dtype
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits.double(), x.double(), reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | wrong | changes the logits in place | in place
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    p = logits.sigmoid_()
    bce = F.binary_cross_entropy(p, x, reduction="sum") / len(x)
    return bce + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-elbo | right | the sums, over the batch
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (bce + beta * kld) / x.shape[0]

# %% ex07-elbo | right | softplus
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    bce = (F.softplus(logits) - x * logits).flatten(1).sum(1).mean()
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()
    return bce + beta * kl

# %% ex07-elbo | right | torch.distributions
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    from torch.distributions import Bernoulli, Independent, kl_divergence
    p = Bernoulli(logits=logits, validate_args=False)
    log_px_z = Independent(p, x.ndim - 1, validate_args=False).log_prob(x)
    kl = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0)).sum(1)
    return -(log_px_z - beta * kl).mean()

# %% ex07-elbo | right | a loop over the images
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    total = 0
    for i in range(len(x)):
        white, black = F.logsigmoid(logits[i]), F.logsigmoid(-logits[i])
        total = total - (x[i] * white + (1 - x[i]) * black).sum()
        total = total + beta * 0.5 * (mu[i] ** 2 + logvar[i].exp() - 1 - logvar[i]).sum()
    return total / len(x)

# %% ex07-elbo | right | nn.BCEWithLogitsLoss, rescaled
def negative_elbo(x, logits, mu, logvar, beta=1.0):
    pixels = x[0].numel()
    bce = nn.BCEWithLogitsLoss()(logits, x) * pixels
    return bce + 0.5 * beta * (mu.square() + logvar.exp() - 1.0 - logvar).sum(dim=-1).mean()

# %% ex07-prior | wrong | training mode | training mode
def generate(model, n, d, generator):
    with torch.no_grad():
        return model.decode(torch.randn(n, d, generator=generator))

# %% ex07-prior | wrong | mode not restored | is now in evaluation mode
def generate(model, n, d, generator):
    model.eval()
    with torch.no_grad():
        return model.decode(torch.randn(n, d, generator=generator))

# %% ex07-prior | wrong | always back to training | is now in training mode
def generate(model, n, d, generator):
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator))
    model.train()
    return images

# %% ex07-prior | wrong | with a graph | A graph hangs
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | uniform noise | uniform noise
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.rand(n, d, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | generator ignored | Equal generators
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d))
    model.train(mode)
    return images

# %% ex07-prior | wrong | generator reset | different states
def generate(model, n, d, generator):
    generator.manual_seed(0)
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | the whole model | as a whole
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | one code n times | the same code n times
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(1, d, generator=generator).expand(n, d))
    model.train(mode)
    return images

# %% ex07-prior | wrong | a sigmoid too many | taken twice
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).sigmoid()
    model.train(mode)
    return images

# %% ex07-prior | wrong | returns the codes | these are the codes
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z = torch.randn(n, d, generator=generator)
        model.decode(z)
    model.train(mode)
    return z

# %% ex07-prior | wrong | shape the wrong way round | n codes with d numbers
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(d, n, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | gradients off for good | switched off for good
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    torch.set_grad_enabled(False)
    images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | parameters frozen | no longer ask for a gradient
def generate(model, n, d, generator):
    mode = model.training
    model.eval().requires_grad_(False)
    images = model.decode(torch.randn(n, d, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | twenty units | n codes with d numbers
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(16, 20, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | noise of NumPy | Equal generators
def generate(model, n, d, generator):
    import numpy as np
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.from_numpy(np.random.randn(n, d)).float())
    model.train(mode)
    return images

# %% ex07-prior | wrong | only the last layer | never called
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decoder(torch.randn(n, d, generator=generator)).sigmoid()
    model.train(mode)
    return images

# %% ex07-prior | wrong | one image without its batch | shape
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).squeeze()
    model.train(mode)
    return images

# %% ex07-prior | wrong | a wider prior | standard deviation of the codes
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(2 * torch.randn(n, d, generator=generator))
    model.train(mode)
    return images

# %% ex07-prior | wrong | float64 | float64
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    with torch.no_grad():
        images = model.decode(torch.randn(n, d, generator=generator)).double()
    model.train(mode)
    return images

# %% ex07-prior | right | decorator and finally
@torch.no_grad()
def generate(model, n, d, generator):
    was_training = model.training
    try:
        model.eval()
        return model.decode(torch.randn((n, d), generator=generator))
    finally:
        model.train(was_training)

# %% ex07-prior | right | inference mode, normal_ in place
def generate(model, n, d, generator):
    z = torch.empty(n, d).normal_(generator=generator)
    mode = model.training
    with torch.inference_mode():
        images = model.eval().decode(z)
    if mode:
        model.train()
    return images

# %% ex07-prior | right | one by one
def generate(model, n, d, generator):
    mode, images = model.training, []
    model.train(False)
    for _ in range(n):
        z = torch.randn(1, d, generator=generator)
        with torch.no_grad():
            images.append(model.decode(z)[0])
    model.train(mode)
    return torch.stack(images)

# %% ex07-prior | right | detached afterwards
def generate(model, n, d, generator):
    mode = model.training
    model.eval()
    z = torch.normal(0.0, 1.0, (n, d), generator=generator)
    images = model.decode(z).detach()
    model.train(mode)
    return images

# %% ex07-prior | right | on a deep copy
def generate(model, n, d, generator):
    import copy
    twin = copy.deepcopy(model).eval().requires_grad_(False)
    return twin.decode(torch.randn(n, d, generator=generator))

# %% ex07-iw | wrong | the ELBO | mean of the logarithms
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return (log_px_z + log_pz - log_qz_x).mean(0)

# %% ex07-iw | wrong | log K forgotten | log K is missing
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return torch.logsumexp(log_px_z + log_pz - log_qz_x, dim=0)

# %% ex07-iw | wrong | log K added | log K is added
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) + torch.log(torch.tensor(float(len(log_w))))

# %% ex07-iw | wrong | exponential first | use logsumexp
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return (log_px_z + log_pz - log_qz_x).exp().mean(0).log()

# %% ex07-iw | wrong | a product of densities | use logsumexp
def importance_weighted(log_px_z, log_pz, log_qz_x):
    w = log_px_z.exp() * log_pz.exp() / log_qz_x.exp()
    return w.mean(0).log()

# %% ex07-iw | wrong | a small number in the logarithm | small number, 1e-10
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return ((log_px_z + log_pz - log_qz_x).exp().mean(0) + 1e-10).log()

# %% ex07-iw | wrong | maximum not put back | never put back
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (log_w - log_w.max(0).values).exp().mean(0).log()

# %% ex07-iw | wrong | over the images | runs over the images
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=1) - torch.log(torch.tensor(float(log_w.shape[1])))

# %% ex07-iw | wrong | the images counted for K | images were counted
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(log_w.shape[1])))

# %% ex07-iw | wrong | q added | log q(z|x) is added
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz + log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))

# %% ex07-iw | wrong | prior forgotten | log p(z) is missing
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))

# %% ex07-iw | wrong | as a loss | sign is turned
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.log(torch.tensor(float(len(log_w)))) - torch.logsumexp(log_w, dim=0)

# %% ex07-iw | wrong | averaged over the images | averaged over the images
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))).mean()

# %% ex07-iw | wrong | divided by K outside | the sum is, inside the logarithm
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) / len(log_w)

# %% ex07-iw | wrong | the best draw | largest weight
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return (log_px_z + log_pz - log_qz_x).max(0).values

# %% ex07-iw | wrong | three draws | written in, as 3
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return torch.logsumexp(log_px_z + log_pz - log_qz_x, dim=0) - torch.log(torch.tensor(3.0))

# %% ex07-iw | wrong | fifty draws | was expected
def importance_weighted(log_px_z, log_pz, log_qz_x):
    return torch.logsumexp(log_px_z + log_pz - log_qz_x, dim=0) - torch.log(torch.tensor(50.0))

# %% ex07-iw | wrong | in float64 | dtype
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z.double() + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))

# %% ex07-iw | wrong | weights detached | every draw pulls alike
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    bound = (torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))).detach()
    return bound + log_w.mean(0) - log_w.mean(0).detach()

# %% ex07-iw | wrong | q cut off | log_qz_x gets no gradient
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x.detach()
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))

# %% ex07-iw | wrong | no grad | cut off
@torch.no_grad()
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return torch.logsumexp(log_w, dim=0) - torch.log(torch.tensor(float(len(log_w))))

# %% ex07-iw | wrong | changes an input in place | in place
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_px_z += log_pz
    log_px_z -= log_qz_x
    return torch.logsumexp(log_px_z, dim=0) - torch.log(torch.tensor(float(len(log_px_z))))

# %% ex07-iw | right | log_softmax's cousin by hand
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    top = log_w.max(dim=0, keepdim=True).values.detach()
    return top[0] + (log_w - top).exp().mean(0).log()

# %% ex07-iw | right | math.log
def importance_weighted(log_px_z, log_pz, log_qz_x):
    import math
    log_w = log_px_z + (log_pz - log_qz_x)
    return torch.logsumexp(log_w - math.log(log_w.shape[0]), 0)

# %% ex07-iw | right | logaddexp in a loop
def importance_weighted(log_px_z, log_pz, log_qz_x):
    import numpy as np
    K = log_px_z.size(0)
    total = log_px_z[0] + log_pz[0] - log_qz_x[0]
    for k in range(1, K):
        total = torch.logaddexp(total, log_px_z[k] + log_pz[k] - log_qz_x[k])
    return total - np.log(K)

# %% ex07-iw | right | by way of log_softmax
def importance_weighted(log_px_z, log_pz, log_qz_x):
    log_w = log_px_z + log_pz - log_qz_x
    return (log_w - torch.log_softmax(log_w, dim=0))[0] - math.log(log_w.size(0))

# %% ex07-iw | right | image by image
def importance_weighted(log_px_z, log_pz, log_qz_x):
    bounds = []
    for a, b, c in zip(log_px_z.T, log_pz.T, log_qz_x.T):
        w = a + b - c
        bounds.append(torch.logsumexp(w, 0) - torch.tensor(len(w)).log())
    return torch.stack(bounds)

# %% ex07-nats | wrong | per image | this is the sum for each image
def kl_per_unit(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)

# %% ex07-nats | wrong | mean over the units | this is the average for each image
def kl_per_unit(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(1)

# %% ex07-nats | wrong | summed over images | summed over the images
def kl_per_unit(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(0)

# %% ex07-nats | wrong | all units together | summed over the units too
def kl_per_unit(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()

# %% ex07-nats | wrong | no half | factor 1/2
def kl_per_unit(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).mean(0)

# %% ex07-nats | wrong | sign | never negative
def kl_per_unit(mu, logvar):
    return 0.5 * (1 + logvar - mu**2 - logvar.exp()).mean(0)

# %% ex07-nats | wrong | averaged too early | were averaged first
def kl_per_unit(mu, logvar):
    mu, logvar = mu.mean(0), logvar.mean(0)
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)

# %% ex07-nats | wrong | logvar for log sigma | log sigma²
def kl_per_unit(mu, logvar):
    sigma = logvar.exp()
    return (0.5 * (mu**2 + sigma**2 - 1) - logvar).mean(0)

# %% ex07-nats | wrong | no average | average over the images is missing
def kl_per_unit(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)

# %% ex07-nats | wrong | two images | was expected
def kl_per_unit(mu, logvar):
    each = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
    return (each[0] + each[-1]) / 2

# %% ex07-nats | wrong | copied from the example | was expected
def kl_per_unit(mu, logvar):
    return torch.tensor([2.0, 0.1796])

# %% ex07-nats | wrong | a list | a tensor was expected
def kl_per_unit(mu, logvar):
    return (0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(0)).tolist()

# %% ex07-nats | wrong | float64 | dtype
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.double() ** 2 + logvar.double().exp() - 1 - logvar).mean(0)

# %% ex07-nats | wrong | changes logvar in place | in place
def kl_per_unit(mu, logvar):
    var = logvar.exp_()
    return 0.5 * (mu**2 + var - 1 - var.log()).mean(0)

# %% ex07-nats | right | torch.distributions
def kl_per_unit(mu, logvar):
    from torch.distributions import kl_divergence
    return kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).mean(dim=0)

# %% ex07-nats | right | unit by unit
def kl_per_unit(mu, logvar):
    out = torch.zeros(mu.shape[1])
    for j in range(mu.shape[1]):
        out[j] = -0.5 * torch.mean(1 + logvar[:, j] - mu[:, j].pow(2) - logvar[:, j].exp())
    return out

# %% ex07-nats | right | a running sum over the images
def kl_per_unit(mu, logvar):
    total = 0
    for m, v in zip(mu, logvar):
        total = total + 0.5 * (m * m + torch.exp(v) - 1 - v)
    return total / mu.shape[0]

# %% ex07-nats | right | einsum
def kl_per_unit(mu, logvar):
    square = torch.einsum("nd,nd->d", mu, mu) / len(mu)
    return (square + (logvar.exp() - logvar).mean(0) - 1) / 2

# %% ex07-active | wrong | standard deviation | standard deviation
def active_units(mu):
    return mu.std(0) > 0.01

# %% ex07-active | wrong | over the units | over the units of an image
def active_units(mu):
    return mu.var(1) > 0.01

# %% ex07-active | wrong | one variance for all | one variance
def active_units(mu):
    return mu.var() > 0.01

# %% ex07-active | wrong | size of the mean | size of mu
def active_units(mu):
    return mu.abs().mean(0) > 0.01

# %% ex07-active | wrong | mean square | square of mu
def active_units(mu):
    return mu.square().mean(0) > 0.01

# %% ex07-active | wrong | the collapsed ones | wrong way round
def active_units(mu):
    return mu.var(0) < 0.01

# %% ex07-active | wrong | another limit | limit was 0.1
def active_units(mu):
    return mu.var(0) > 0.1

# %% ex07-active | wrong | the number of them | torch.bool
def active_units(mu):
    return int((mu.var(0) > 0.01).sum())

# %% ex07-active | wrong | their indices | torch.bool
def active_units(mu):
    return torch.where(mu.var(0) > 0.01)[0]

# %% ex07-active | wrong | zeros and ones | torch.bool
def active_units(mu):
    return (mu.var(0) > 0.01).float()

# %% ex07-active | wrong | a list | torch.bool
def active_units(mu):
    return [bool(v > 0.01) for v in mu.var(0)]

# %% ex07-active | wrong | sum of squares, not their mean | distances from the mean were summed
def active_units(mu):
    return (mu - mu.mean(0)).square().sum(0) > 0.01

# %% ex07-active | wrong | centred in place | in place
def active_units(mu):
    mu -= mu.mean(0)
    return mu.square().mean(0) > 0.01

# %% ex07-active | wrong | copied from the example | shape
def active_units(mu):
    return torch.tensor([True, False])

# %% ex07-active | right | population variance
def active_units(mu):
    return mu.var(dim=0, unbiased=False) > 0.01

# %% ex07-active | right | by hand
def active_units(mu):
    centred = mu - mu.mean(0, keepdim=True)
    return centred.pow(2).mean(0).gt(1e-2)

# %% ex07-active | right | the covariance's diagonal
def active_units(mu):
    return torch.cov(mu.T).reshape(mu.shape[1], mu.shape[1]).diagonal() > 0.01

# %% ex07-active | right | unit by unit
def active_units(mu):
    return torch.tensor([mu[:, j].std().item() > 0.1 for j in range(mu.shape[1])])

# %% ex07-active | right | NumPy
def active_units(mu):
    return torch.from_numpy(mu.numpy().var(axis=0) > 0.01)
