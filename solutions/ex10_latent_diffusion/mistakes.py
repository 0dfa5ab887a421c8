# %% noise: sigma was squared; it is the standard deviation of the noise.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * eps, -eps / sigma


# %% noise: the root of sigma was taken; sigma is the standard deviation of the noise.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma.sqrt() * eps, -eps / sigma


# %% noise: the noise was not scaled by sigma.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + eps, -eps / sigma


# %% noise: the noise alone came; it is added to the codes.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return sigma * eps, -eps / sigma


# %% noise: the noise was taken away; it is added.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z - sigma * eps, -eps / sigma


# %% noise: the codes were scaled so that the variance stays 1; here they keep their size.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return (z + sigma * eps) / (1 + sigma**2).sqrt(), -eps / sigma


# %% noise: the codes were scaled down, by sqrt(1 - sigma²); they keep their size.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return (1 - sigma**2).sqrt() * z + sigma * eps, -eps / sigma


# %% noise: sigma went along the numbers of a code; it belongs to the codes.
def noised(z, eps, sigma):
    return z + sigma * eps, -eps / sigma


# %% noise: sigma was made (B, 1), which fits codes (B, d) alone.
def noised(z, eps, sigma):
    return z + sigma[:, None] * eps, -eps / sigma[:, None]


# %% noise: the first sigma was taken for all codes.
def noised(z, eps, sigma):
    return z + sigma[0] * eps, -eps / sigma[0]


# %% noise: the target is the noise; the gradient of the log-density is not.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, eps.clone()


# %% noise: the target is not divided by sigma.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -eps


# %% noise: the target has the wrong sign; the density grows towards the clean code.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, eps / sigma


# %% noise: the target was divided by sigma², but the distance already holds one sigma.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -eps / sigma**2


# %% noise: the target is the way back to the clean code, z - z_tilde; it is still to be divided.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -sigma * eps


# %% noise: the target is the clean code, a denoiser's target.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, z.clone()


# %% noise: the target is the score of the standard normal distribution, -z_tilde.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -(z + sigma * eps)


# %% noise: the target forgets the clean code: -z_tilde / sigma² is centred on 0.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -(z + sigma * eps) / sigma**2


# %% noise: half of the target came; the 2 below the square goes when it is differentiated.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -eps / (2 * sigma)


# %% noise: this is the log-density, not its gradient.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -0.5 * eps**2 - sigma.log() - 0.5 * math.log(2 * math.pi)


# %% noise: the difference of z_tilde and z has lost its digits where sigma is small; use eps.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    z_tilde = z + sigma * eps
    return z_tilde, -(z_tilde - z) / sigma**2


# %% noise: the two results have changed places.
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return -eps / sigma, z + sigma * eps


# %% noise, caught: in float64, and back
def noised(z, eps, sigma):
    sigma = sigma.double().reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -eps / sigma


# %% noise, caught: fresh noise
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    eps = torch.randn_like(z)
    return z + sigma * eps, -eps / sigma


# %% noise, caught: in place
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    z += sigma * eps
    return z, -eps / sigma


# %% noise, caught: the target cut off
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -eps.detach() / sigma.detach()


# %% noise, caught: without gradients
@torch.no_grad()
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -eps / sigma


# %% noise, caught: the target cut off at 100
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, (-eps / sigma).clamp(-100, 100)


# %% noise, caught: a small number added below
def noised(z, eps, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * eps, -eps / (sigma + 1e-5)


# %% noise, caught: four dimensions at most, the last of size 1
def noised(z, eps, sigma):
    sigma = sigma.view(-1, 1, 1, 1)
    return z + sigma * eps, -eps / sigma


# %% noise, right: the difference, in float64
def noised(z, eps, sigma):
    s = sigma.double().reshape(-1, *[1] * (z.ndim - 1))
    z_tilde = z.double() + s * eps.double()
    return z_tilde.to(z.dtype), ((z.double() - z_tilde) / s**2).to(z.dtype)


# %% noise, right: einsum
def noised(z, eps, sigma):
    return z + torch.einsum("b,b...->b...", sigma, eps), -torch.einsum(
        "b,b...->b...", 1 / sigma, eps
    )


# %% noise, right: the first dimension last
def noised(z, eps, sigma):
    z_tilde = (z.transpose(0, -1) + eps.transpose(0, -1) * sigma).transpose(0, -1)
    return z_tilde, (eps.transpose(0, -1) / sigma).transpose(0, -1).neg()


# %% noise, right: code by code
def noised(z, eps, sigma):
    noisy = torch.stack([a + s * e for a, e, s in zip(z, eps, sigma)])
    return noisy, torch.stack([-e / s for e, s in zip(eps, sigma)])


# %% noise, right: flattened and put back
def noised(z, eps, sigma):
    flat = eps.reshape(len(z), -1)
    step = (sigma[:, None] * flat).reshape(z.shape)
    return z + step, (flat / -sigma[:, None]).reshape(z.shape)


# %% tweedie: sigma was not squared on the way to the denoiser's answer.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma * score, -sigma * score


# %% tweedie: the denoiser goes against the score; it goes along it, to where codes are denser.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z - sigma**2 * score, -sigma * score


# %% tweedie: the score was divided by sigma²; it is multiplied by it.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + score / sigma**2, -sigma * score


# %% tweedie: this is the step D - z alone; z is still to be added.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return sigma**2 * score, -sigma * score


# %% tweedie: sigma was left out of the denoiser's answer.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + score, -sigma * score


# %% tweedie: half of the denoiser's step came.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score / 2, -sigma * score


# %% tweedie: the slope has the wrong sign: as sigma grows, codes move away from the data.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score, sigma * score


# %% tweedie: the slope is the score turned round, not times sigma.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score, -score


# %% tweedie: the slope has sigma²; that is the whole way z - D, which is still to be divided.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score, -(sigma**2) * score


# %% tweedie: the slope was divided by sigma in place of multiplied.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score, -score / sigma


# %% tweedie: the slope has a factor of one half, as with another clock; dz/dσ has none.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score, -0.5 * sigma * score


# %% tweedie: the slope has a factor of 2; with that, noise would have to be added on the way.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score, -2 * sigma * score


# %% tweedie: the slope was taken at the denoiser's answer: D - σ times the score.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = z + sigma**2 * score
    return D, D - sigma * score


# %% tweedie: sigma went along the numbers of a code; it belongs to the codes.
def from_score(z, score, sigma):
    return z + sigma**2 * score, -sigma * score


# %% tweedie: sigma was made (B, 1), which fits codes (B, d) alone.
def from_score(z, score, sigma):
    return z + sigma[:, None] ** 2 * score, -sigma[:, None] * score


# %% tweedie: one sigma was taken for all codes.
def from_score(z, score, sigma):
    return z + sigma[0] ** 2 * score, -sigma[0] * score


# %% tweedie: the two results have changed places.
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return -sigma * score, z + sigma**2 * score


# %% tweedie, caught: in place
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    score *= sigma
    return z + sigma * score, -score


# %% tweedie, caught: without gradients
@torch.no_grad()
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return z + sigma**2 * score, -sigma * score


# %% tweedie, caught: made float32
def from_score(z, score, sigma):
    sigma = sigma.float().reshape(-1, *[1] * (z.ndim - 1))
    return (z + sigma**2 * score).float(), (-sigma * score).float()


# %% tweedie, caught: view, for which the codes must lie in one piece
def from_score(z, score, sigma):
    flat = score.view(len(z), -1)
    step = sigma[:, None] * flat
    return z + (sigma[:, None] * step).view_as(z), -step.view_as(z)


# %% tweedie, caught: the answer cut off at 10
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    return (z + sigma**2 * score).clamp(-10, 10), -sigma * score


# %% tweedie, right: by way of the denoiser's answer
def from_score(z, score, sigma):
    sigma = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = z + sigma.square() * score
    return D, (z - D) / sigma


# %% tweedie, right: by way of the slope
def from_score(z, score, sigma):
    slope = -torch.einsum("b,b...->b...", sigma, score)
    return z - torch.einsum("b,b...->b...", sigma, slope), slope


# %% tweedie, right: code by code, with addcmul
def from_score(z, score, sigma):
    D = torch.stack([torch.addcmul(a, b, s * s) for a, b, s in zip(z, score, sigma)])
    return D, torch.stack([-b * s for b, s in zip(score, sigma)])


# %% score: the spreads were not squared.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: sigma was not squared.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: spread and sigma were added before they were squared; variances add up, not spreads.
def mixture_score(z, means, spreads, weights, sigma):
    variances = (spreads + sigma) ** 2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the spreads were left out, as if all the clean codes were single points.
def mixture_score(z, means, spreads, weights, sigma):
    away = means - z[:, None]
    shares = (weights.log() - away.square().sum(2) / (2 * sigma**2)).softmax(1)
    return (shares[:, :, None] * away).sum(1) / sigma**2


# %% score: the shares know the spreads, but each difference was divided by sigma² alone.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return (shares[:, :, None] * away).sum(1) / sigma**2


# %% score: sigma was left out; this is the score of the clean density.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the normalising factor is missing in the shares: wide normal distributions are lower.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    shares = (weights.log() - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the normalising factor is that of one dimension; it counts once for each of the d.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the normalising factor has lost its one half.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the normalising factor has the wrong sign.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() + 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the weights were left out.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = -0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the weights were added to logarithms as they are; their logarithm belongs there.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the weights alone were taken for the shares; those change from place to place.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    return ((weights / variances)[:, None] * away).sum(1)


# %% score: the weights were multiplied onto the shares, whose sum is then no longer 1.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = -0.5 * z.shape[1] * variances.log() - away.square().sum(2) / (2 * variances)
    shares = weights * logs.softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the 2 in the exponent is missing.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / variances).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the distances were not squared.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.norm(dim=2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the minus in the exponent is missing: far means weigh most.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs + away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the sign is turned; the score points to where the density is higher.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = z[:, None] - means
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the softmax runs over the codes; it belongs to the K normal distributions.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(0)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the differences were not divided by the variances: this is a step, not a slope.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return (shares[:, :, None] * away).sum(1)


# %% score: this is the denoiser's step, sigma² times the score.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return sigma**2 * ((shares / variances)[:, :, None] * away).sum(1)


# %% score: the scores of the K normal distributions were added up without shares.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    return ((means - z[:, None]) / variances[:, None]).sum(1)


# %% score: this is the score of the normal distribution with the largest share; all of them count.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    best = (logs - away.square().sum(2) / (2 * variances)).argmax(1)
    return away[torch.arange(len(z)), best] / variances[best, None]


# %% score: the densities were formed, and are 0 or infinite as floats. Stay with logarithms.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    height = (2 * math.pi * variances) ** (-z.shape[1] / 2)
    density = weights * height * (-away.square().sum(2) / (2 * variances)).exp()
    total = ((density / variances)[:, :, None] * away).sum(1)
    return total / density.sum(1, keepdim=True)


# %% score: this is the gradient of the density; that of its logarithm is asked for.
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    height = (2 * math.pi * variances) ** (-z.shape[1] / 2)
    density = weights * height * (-away.square().sum(2) / (2 * variances)).exp()
    return ((density / variances)[:, :, None] * away).sum(1)


# %% score, caught: a small number added to the density
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    height = (2 * math.pi * variances) ** (-z.shape[1] / 2)
    density = weights * height * (-away.square().sum(2) / (2 * variances)).exp()
    total = ((density / variances)[:, :, None] * away).sum(1)
    return total / (density.sum(1, keepdim=True) + 1e-8)


# %% score, caught: autograd that asks the input itself for gradients
def mixture_score(z, means, spreads, weights, sigma):
    z.requires_grad_()
    variances = spreads**2 + sigma**2
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    logs = logs - (means - z[:, None]).square().sum(2) / (2 * variances)
    return torch.autograd.grad(logs.logsumexp(1).sum(), z)[0]


# %% score, caught: autograd by backward, which leaves something in .grad
def mixture_score(z, means, spreads, weights, sigma):
    there = z if z.requires_grad else z.requires_grad_()
    variances = spreads**2 + sigma**2
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    logs = logs - (means - there[:, None]).square().sum(2) / (2 * variances)
    logs.logsumexp(1).sum().backward()
    return there.grad


# %% score, caught: autograd of the mean over the codes
def mixture_score(z, means, spreads, weights, sigma):
    there = z.detach().clone().requires_grad_()
    variances = spreads**2 + sigma**2
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    logs = logs - (means - there[:, None]).square().sum(2) / (2 * variances)
    return torch.autograd.grad(logs.logsumexp(1).mean(), there)[0]


# %% score, caught: one variance for all, the mean one
def mixture_score(z, means, spreads, weights, sigma):
    variances = spreads.square().mean() + sigma**2
    away = means - z[:, None]
    shares = (weights.log() - away.square().sum(2) / (2 * variances)).softmax(1)
    return (shares[:, :, None] * away).sum(1) / variances


# %% score, caught: made float32
def mixture_score(z, means, spreads, weights, sigma):
    z, means, spreads, weights = z.float(), means.float(), spreads.float(), weights.float()
    variances = spreads**2 + sigma**2
    away = means - z[:, None]
    logs = weights.log() - 0.5 * z.shape[1] * variances.log()
    shares = (logs - away.square().sum(2) / (2 * variances)).softmax(1)
    return ((shares / variances)[:, :, None] * away).sum(1)


# %% score, right: autograd of the logarithm of the density
def mixture_score(z, means, spreads, weights, sigma):
    with torch.enable_grad():
        there = z.detach().clone().requires_grad_()
        variances = spreads.detach() ** 2 + sigma**2
        squared = (there[:, None] - means.detach()).square().sum(2)
        logs = weights.detach().log() - 0.5 * z.shape[1] * (2 * math.pi * variances).log()
        log_density = (logs - squared / (2 * variances)).logsumexp(1)
        return torch.autograd.grad(log_density.sum(), there)[0]


# %% score, right: torch.distributions
def mixture_score(z, means, spreads, weights, sigma):
    from torch.distributions import Normal

    stds = (spreads**2 + sigma**2).sqrt()
    logs = Normal(means, stds[:, None]).log_prob(z[:, None]).sum(-1) + weights.log()
    shares = (logs - logs.logsumexp(1, keepdim=True)).exp()
    return torch.einsum("bk,bkd->bd", shares, (means - z[:, None]) / stds.square()[:, None])


# %% score, right: a mixture of torch.distributions, and autograd
def mixture_score(z, means, spreads, weights, sigma):
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

    std = (spreads**2 + sigma**2).sqrt()[:, None].expand_as(means)
    mixture = MixtureSameFamily(Categorical(weights), Independent(Normal(means, std), 1))
    there = z.detach().clone().requires_grad_()
    return torch.autograd.grad(mixture.log_prob(there).sum(), there)[0]


# %% score, right: one normal distribution at a time, the largest exponent taken out
def mixture_score(z, means, spreads, weights, sigma):
    logs, scores = [], []
    for m, s, w in zip(means, spreads, weights):
        v = s**2 + sigma**2
        logs.append(w.log() - z.shape[1] / 2 * v.log() - ((z - m) ** 2).sum(1) / (2 * v))
        scores.append((m - z) / v)
    logs = torch.stack(logs)
    shares = (logs - logs.max(0).values).exp()
    shares = shares / shares.sum(0)
    return (shares[:, :, None] * torch.stack(scores)).sum(0)


# %% score, right: by way of two products
def mixture_score(z, means, spreads, weights, sigma):
    v = spreads**2 + sigma**2
    squared = (z[:, None] - means).pow(2).sum(-1)
    shares = torch.softmax(weights.log() - v.log() * z.size(1) / 2 - squared / v / 2, dim=1) / v
    return shares @ means - shares.sum(1, keepdim=True) * z


# %% schedule: the zero at the end is missing.
def noise_levels(steps, largest, smallest, rho=7.0):
    return torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps) ** rho


# %% schedule: the levels rise; the walk begins at the largest.
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(smallest ** (1 / rho), largest ** (1 / rho), steps)
    return torch.cat([torch.zeros(1), roots**rho])


# %% schedule: the levels rise up to the zero at their end: the two ends have changed places.
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(smallest ** (1 / rho), largest ** (1 / rho), steps)
    return torch.cat([roots**rho, torch.zeros(1)])


# %% schedule: the levels are spaced evenly themselves; their roots are to be.
def noise_levels(steps, largest, smallest, rho=7.0):
    return torch.cat([torch.linspace(largest, smallest, steps), torch.zeros(1)])


# %% schedule: the roots were not raised to the power rho again.
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps)
    return torch.cat([roots, torch.zeros(1)])


# %% schedule: the ends were raised to the power rho as they are; their root is taken first.
def noise_levels(steps, largest, smallest, rho=7.0):
    return torch.cat([torch.linspace(largest, smallest, steps) ** rho, torch.zeros(1)])


# %% schedule: the two powers have changed places: first 1/rho, then rho.
def noise_levels(steps, largest, smallest, rho=7.0):
    powers = torch.linspace(largest**rho, smallest**rho, steps)
    return torch.cat([powers ** (1 / rho), torch.zeros(1)])


# %% schedule: divided by N in place of N - 1: the smallest level is missing before the 0.
def noise_levels(steps, largest, smallest, rho=7.0):
    a, b = largest ** (1 / rho), smallest ** (1 / rho)
    return torch.cat([(a + torch.arange(steps) / steps * (b - a)) ** rho, torch.zeros(1)])


# %%
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps + 1)
    levels = roots**rho
    levels[-1] = 0
    return levels


# %% schedule: the levels are spaced evenly in their logarithm.
def noise_levels(steps, largest, smallest, rho=7.0):
    levels = torch.logspace(math.log10(largest), math.log10(smallest), steps)
    return torch.cat([levels, torch.zeros(1)])


# %% schedule: there are N - 1 steps; the levels are N and a zero.
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), max(1, steps - 1))
    return torch.cat([roots**rho, torch.zeros(1)])


# %% schedule: there are N + 1 steps; the levels are N and a zero.
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps + 1)
    return torch.cat([roots**rho, torch.zeros(1)])


# %% schedule: rho was written in, as 7.
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / 7), smallest ** (1 / 7), steps)
    return torch.cat([roots**7, torch.zeros(1)])


# %% schedule: the smallest level is missing: the roots run down to 0.
def noise_levels(steps, largest, smallest, rho=7.0):
    return torch.linspace(largest ** (1 / rho), 0, steps + 1) ** rho


# %% schedule, caught: divides by N - 1, which is 0 for one step
def noise_levels(steps, largest, smallest, rho=7.0):
    a, b = largest ** (1 / rho), smallest ** (1 / rho)
    levels = [(a + i / (steps - 1) * (b - a)) ** rho for i in range(steps)]
    return torch.tensor([*levels, 0.0])


# %% schedule, caught: by a tensor, for which 0 / 0 is nan with one step
def noise_levels(steps, largest, smallest, rho=7.0):
    a, b = largest ** (1 / rho), smallest ** (1 / rho)
    levels = (a + torch.arange(steps) / (steps - 1) * (b - a)) ** rho
    return torch.cat([levels, torch.zeros(1)])


# %% schedule, caught: with one step, the smallest level
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps)
    roots[-1] = smallest ** (1 / rho)
    return torch.cat([roots**rho, torch.zeros(1)])


# %% schedule, caught: a list
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps)
    return [*(roots**rho).tolist(), 0.0]


# %% schedule, caught: float64
def noise_levels(steps, largest, smallest, rho=7.0):
    a, b = largest ** (1 / rho), smallest ** (1 / rho)
    roots = torch.linspace(a, b, steps, dtype=torch.float64)
    return torch.cat([roots**rho, torch.zeros(1)])


# %% schedule, caught: (N + 1, 1)
def noise_levels(steps, largest, smallest, rho=7.0):
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps)
    return torch.cat([roots**rho, torch.zeros(1)])[:, None]


# %% schedule, caught: whole powers alone
def noise_levels(steps, largest, smallest, rho=7.0):
    rho = int(rho)
    roots = torch.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps)
    return torch.cat([roots**rho, torch.zeros(1)])


# %% schedule, right: number by number
def noise_levels(steps, largest, smallest, rho=7.0):
    a, b = largest ** (1 / rho), smallest ** (1 / rho)
    levels = [(a + i / max(1, steps - 1) * (b - a)) ** rho for i in range(steps)]
    return torch.tensor([*levels, 0.0])


# %% schedule, right: torch.lerp, filled in
def noise_levels(steps, largest, smallest, rho=7.0):
    ends = torch.tensor([largest, smallest]).pow(1 / rho)
    levels = torch.zeros(steps + 1)
    levels[0] = largest
    if steps > 1:
        levels[:-1] = torch.lerp(*ends, torch.arange(steps) / (steps - 1)).pow(rho)
    return levels


# %% schedule, right: padded, with NumPy
def noise_levels(steps, largest, smallest, rho=7.0):
    import numpy as np

    roots = np.linspace(largest ** (1 / rho), smallest ** (1 / rho), steps)
    return F.pad(torch.from_numpy(roots**rho).float(), (0, 1))


# %% frame: sigma went along the numbers of a code; it belongs to the codes.
def framed(net, z, sigma, sigma_data):
    size = (sigma**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + sigma * sigma_data / size * answer


# %% frame: sigma was made (B, 1), which fits codes (B, d) alone.
def framed(net, z, sigma, sigma_data):
    each = sigma[:, None]
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: one sigma was taken for all codes.
def framed(net, z, sigma, sigma_data):
    each = sigma[0]
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the network was given the codes as they are; it gets them divided by the root.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the network's input was divided by the sum of squares; its root belongs there.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size**2, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the network's input was multiplied by the root; it is divided.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z * size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: sigma and sigma_data were added; it is the root of the sum of their squares.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = each + sigma_data
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the network was told sigma; it is told a quarter of its logarithm.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.clone())
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the quarter of the logarithm is missing.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log())
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the logarithm has the base 10; it is the natural one.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log10() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the logarithm of a quarter of sigma; it is a quarter of the logarithm.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, (sigma / 4).log())
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the level has the shape (B, 1, …); it is (B,).
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, each.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: z was not scaled; only the part that is not noise is handed on.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    return z + each * sigma_data / size * net(z / size, sigma.log() / 4)


# %% frame: z was left out; the network answers alone.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    return each * sigma_data / size * net(z / size, sigma.log() / 4)


# %% frame: the share of z has sigma² above the line; it is that of the data, sigma_data².
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (each / size) ** 2 * z + each * sigma_data / size * answer


# %% frame: the share of z is not squared; there is no root in it.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return sigma_data / size * z + each * sigma_data / size * answer


# %% frame: the network's answer was added as it is.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    return (sigma_data / size) ** 2 * z + net(z / size, sigma.log() / 4)


# %% frame: the network's answer was multiplied by sigma alone.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    return (sigma_data / size) ** 2 * z + each * net(z / size, sigma.log() / 4)


# %% frame: the factor of the network's answer lacks sigma_data.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each / size * answer


# %% frame: the factor of the network's answer lacks sigma.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + sigma_data / size * answer


# %% frame: the factor of the network's answer has the sum of squares below; its root belongs there.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size**2 * answer


# %% frame: the network's answer was taken away; it is added.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z - each * sigma_data / size * answer


# %% frame: sigma_data was taken as 1.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + 1).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return z / size**2 + each / size * answer


# %% frame: sigma_data was not squared.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    total = each**2 + sigma_data
    answer = net(z / total.sqrt(), sigma.log() / 4)
    return sigma_data / total * z + each * sigma_data / total.sqrt() * answer


# %% frame: this is the network's answer alone, without the frame around it.
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    return net(z / size, sigma.log() / 4)


# %% frame, caught: the network is called twice
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    net(z / size, sigma.log() / 4)
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame, caught: one code after another
def framed(net, z, sigma, sigma_data):
    answers = []
    for a, s in zip(z.split(1), sigma.split(1)):
        size = (s**2 + sigma_data**2).sqrt()
        answer = net(a / size, s.log() / 4)
        answers.append((sigma_data / size) ** 2 * a + s * sigma_data / size * answer)
    return torch.cat(answers)


# %% frame, caught: in evaluation mode
def framed(net, z, sigma, sigma_data):
    if isinstance(net, nn.Module):
        net.eval()
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame, caught: without gradients
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    with torch.no_grad():
        answer = net(z / size, sigma.log() / 4)
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame, caught: the level not below -1
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, (sigma.log() / 4).clamp(-1, 1))
    return (sigma_data / size) ** 2 * z + each * sigma_data / size * answer


# %% frame, caught: cut off at three sigma_data
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    answer = net(z / size, sigma.log() / 4)
    D = (sigma_data / size) ** 2 * z + each * sigma_data / size * answer
    return D.clamp(-3 * sigma_data, 3 * sigma_data)


# %% frame, caught: in place
def framed(net, z, sigma, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    size = (each**2 + sigma_data**2).sqrt()
    z /= size
    return sigma_data**2 / size * z + each * sigma_data / size * net(z, sigma.log() / 4)


# %% frame, right: four factors by name
def framed(net, z, sigma, sigma_data):
    shape = (len(z), *[1] * (z.ndim - 1))
    total = sigma.square() + sigma_data**2
    skip, out, into = sigma_data**2 / total, sigma * sigma_data / total.sqrt(), total.rsqrt()
    level = 0.25 * torch.log(sigma)
    return skip.reshape(shape) * z + out.reshape(shape) * net(into.reshape(shape) * z, level)


# %% frame, right: hypot and einsum
def framed(net, z, sigma, sigma_data):
    size = torch.hypot(sigma, torch.full_like(sigma, sigma_data))
    by = lambda a, b: torch.einsum("b,b...->b...", a, b)
    answer = net(by(1 / size, z), sigma.sqrt().sqrt().log())
    return by((sigma_data / size) ** 2, z) + by(sigma * sigma_data / size, answer)


# %% loss: sigma went along the numbers of a code; it belongs to the codes.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    D = denoiser(z + sigma * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: sigma was made (B, 1), which fits codes (B, d) alone.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    D = denoiser(z + sigma[:, None] * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the denoiser was given the clean codes.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    D = denoiser(z, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the noise was not scaled by sigma.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    D = denoiser(z + eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: compared with the noisy codes; the denoiser has to find the clean ones.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    z_tilde = z + each * eps
    D = denoiser(z_tilde, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z_tilde).square().flatten(1).sum(1)).mean()


# %% loss: compared with the noise; this denoiser answers with clean codes.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - eps).square().flatten(1).sum(1)).mean()


# %% loss: no class was hidden.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, labels.clone())
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: every class was hidden.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.full_like(labels, none))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the wrong classes were hidden: those where hidden is False.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, labels, none))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: a hidden class has become 0; it becomes none.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, 0, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the codes whose class is hidden were left out; they count as the others.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    z, labels, sigma, eps = z[~hidden], labels[~hidden], sigma[~hidden], eps[~hidden]
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, labels)
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the weight is missing.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    return (D - z).square().flatten(1).sum(1).mean()


# %% loss: the weight is 1 / sigma².
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    return ((D - z).square().flatten(1).sum(1) / sigma**2).mean()


# %% loss: the weight is upside down.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma * sigma_data) ** 2 / (sigma**2 + sigma_data**2)
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: below the line of the weight the product is not squared.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data)
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: below the line of the weight stands a sum; it is a product, squared.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma + sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: below the line of the weight sigma_data is not squared.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma**2 * sigma_data)
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the root of the weight was taken: that belongs inside the square.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2).sqrt() / (sigma * sigma_data)
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the mean of the weights times the mean of the sums; each code has its own weight.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return weight.mean() * (D - z).square().flatten(1).sum(1).mean()


# %% loss: the weights were made to add up to 1: a weighted mean in place of a mean.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).sum() / weight.sum()


# %% loss: averaged over the numbers of a code; they are summed.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).mean(1)).mean()


# %% loss: summed over the codes; they are averaged.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).sum()


# %% loss: the differences were not squared.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).abs().flatten(1).sum(1)).mean()


# %% loss: one number a code came; average them.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return weight * (D - z).square().flatten(1).sum(1)


# %% loss: the denoiser was told the logarithm of sigma; it wants sigma itself.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma.log() / 4, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss: the loss was cut off from the graph, so that nothing can learn.
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels)).detach()
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss, caught: labels changed in place
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    labels[hidden] = none
    D = denoiser(z + each * eps, sigma, labels)
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss, caught: codes made noisy in place
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    clean = z.clone()
    z += each * eps
    D = denoiser(z, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - clean).square().flatten(1).sum(1)).mean()


# %% loss, caught: a plain number
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean().item()


# %% loss, caught: fresh noise
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * torch.randn_like(z), sigma, torch.where(hidden, none, labels))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss, caught: weights above 10 cut off
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    weight = ((sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2).clamp(max=10)
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss, caught: learns nothing from the codes whose class is hidden
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, none, labels))
    D = torch.where(hidden.reshape(each.shape), D.detach(), D)
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss, caught: labels as floats
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    D = denoiser(z + each * eps, sigma, torch.where(hidden, float(none), labels.float()))
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    return (weight * (D - z).square().flatten(1).sum(1)).mean()


# %% loss, caught: two calls, the codes without a class apart
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    total = 0.0
    for part, c in ((~hidden, labels), (hidden, torch.full_like(labels, none))):
        clean, s = z[part], sigma[part]
        each = s.reshape(-1, *[1] * (z.ndim - 1))
        D = denoiser(clean + each * eps[part], s, c[part])
        weight = (s**2 + sigma_data**2) / (s * sigma_data) ** 2
        total = total + (weight * (D - clean).square().flatten(1).sum(1)).sum()
    return total / len(z)


# %% loss, right: the weight as a sum, inside the square
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    each = sigma.reshape(-1, *[1] * (z.ndim - 1))
    c = labels.masked_fill(hidden, none)
    root = (each**-2 + sigma_data**-2).sqrt()
    return (root * (denoiser(z + each * eps, sigma, c) - z)).square().sum() / len(z)


# %% loss, right: the noisy codes without gradients, labels cloned
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    c = labels.clone()
    c[hidden] = none
    with torch.no_grad():
        z_tilde = z + torch.einsum("b,b...->b...", sigma, eps)
        weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    squares = F.mse_loss(denoiser(z_tilde, sigma, c), z, reduction="none")
    return weight @ squares.reshape(len(z), -1).sum(1) / len(z)


# %% loss, right: code by code after the call
def denoising_loss(denoiser, z, labels, sigma, eps, hidden, none, sigma_data):
    noisy = torch.stack([a + s * e for a, s, e in zip(z, sigma, eps)])
    D = denoiser(noisy, sigma, hidden * none + ~hidden * labels)
    losses = [
        (s**2 + sigma_data**2) / (s * sigma_data) ** 2 * (a - b).pow(2).sum()
        for a, b, s in zip(D, z, sigma)
    ]
    return torch.stack(losses).mean()


# %% guide: guidance 1 gives the answer with the class; here that is guidance 0.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_0 + guidance * (D_c - D_0)


# %% guide: the difference has the wrong sign: away from the class.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + guidance * (D_0 - D_c)


# %% guide: the answers with and without the class have changed places.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_0 + guidance * (D_0 - D_c)


# %% guide: the answers were mixed; guidance goes beyond the one with the class.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return (D_c + guidance * D_0) / (1 + guidance)


# %% guide: 1 + guidance stands before the difference, which starts from D_c already.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + (1 + guidance) * (D_c - D_0)


# %% guide: both answers are without the class.
def guided(denoiser, z, sigma, labels, guidance, none):
    return denoiser(z, sigma, torch.full_like(labels, none))


# %% guide: this is the answer with the class, whatever the guidance is.
def guided(denoiser, z, sigma, labels, guidance, none):
    return denoiser(z, sigma, labels)


# %% guide: the label 0 was taken for "no class"; that is none.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.zeros_like(labels))
    return D_c + guidance * (D_c - D_0)


# %% guide: this is the difference alone.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return guidance * (D_c - D_0)


# %% guide: the answer without the class is added; it is taken away.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + guidance * (D_c + D_0)


# %% guide: the guidance was squared.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + guidance**2 * (D_c - D_0)


# %% guide: the difference to the noisy codes was enlarged, not that to D_0.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    return D_c + guidance * (D_c - z)


# %% guide: the answer without the class was given the noisy codes of the other: it got D_c.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(D_c, sigma, torch.full_like(labels, none))
    return D_c + guidance * (D_c - D_0)


# %% guide: a guidance below 0 was taken as 0.
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + max(guidance, 0.0) * (D_c - D_0)


# %% guide, caught: labels overwritten
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, labels.fill_(none))
    return D_c + guidance * (D_c - D_0)


# %% guide, caught: the label of the first code for all
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, torch.full_like(labels, labels[0]))
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + guidance * (D_c - D_0)


# %% guide, caught: a single number for "no class"
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, none)
    return D_c + guidance * (D_c - D_0)


# %% guide, caught: in evaluation mode
def guided(denoiser, z, sigma, labels, guidance, none):
    if isinstance(denoiser, nn.Module):
        denoiser.eval()
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + guidance * (D_c - D_0)


# %% guide, caught: in float32
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels).float()
    D_0 = denoiser(z, sigma, torch.full_like(labels, none)).float()
    return D_c + guidance * (D_c - D_0)


# %% guide, caught: a guidance of 10 at most
def guided(denoiser, z, sigma, labels, guidance, none):
    D_c = denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, torch.full_like(labels, none))
    return D_c + min(guidance, 10.0) * (D_c - D_0)


# %% guide, right: one call with twice the codes
def guided(denoiser, z, sigma, labels, guidance, none):
    both = torch.cat([labels, torch.full_like(labels, none)])
    D = denoiser(torch.cat([z, z]), torch.cat([sigma, sigma]), both)
    D_c, D_0 = D.chunk(2)
    return (1 + guidance) * D_c - guidance * D_0


# %% guide, right: without gradients, from the other end
@torch.no_grad()
def guided(denoiser, z, sigma, labels, guidance, none):
    D_0 = denoiser(z, sigma, 0 * labels + none)
    return torch.lerp(D_0, denoiser(z, sigma, labels), 1 + guidance)


# %% guide, right: one call at 0 and at -1
def guided(denoiser, z, sigma, labels, guidance, none):
    if guidance == 0:
        return denoiser(z, sigma, labels)
    D_0 = denoiser(z, sigma, labels.new_full((len(z),), none))
    return D_0 if guidance == -1 else D_0 + (1 + guidance) * (denoiser(z, sigma, labels) - D_0)


# %% walk: eps was not brought to the first level; the walk starts with sigmas[0] times it.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk: the first level was squared at the start; it is a standard deviation.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] ** 2 * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk: the last step, to 0, is missing.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-2], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk: the quotient is upside down: σ' is above the line.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + sigma / after * (z - D)
    return z


# %% walk: each step went all the way to the denoiser's answer.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma in sigmas[:-1]:
        z = denoiser(z, sigma.expand(len(z)))
    return z


# %% walk: each step started from the start again; it goes on from where the last one ended.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    start = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(start, sigma.expand(len(eps)))
        z = D + after / sigma * (start - D)
    return z


# %% walk: the denoiser was told the level to which the step leads; its codes are at the one before.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, after.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk: the denoiser was told the first level in all steps.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigmas[0].expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk: fresh noise was scaled from the start again: what is left is D + σ' times eps.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        z = denoiser(z, sigma.expand(len(z))) + after * eps
    return z


# %% walk: z and D have changed places: the step goes from z away from D.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = z + after / sigma * (D - z)
    return z


# %% walk: the difference has the wrong sign.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (D - z)
    return z


# %% walk: the quotient was squared.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + (after / sigma) ** 2 * (z - D)
    return z


# %% walk: the step was multiplied by σ' in place of σ'/σ.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after * (z - D)
    return z


# %% walk: the step goes the wrong way along the slope: σ - σ' in place of σ' - σ.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = z + (sigma - after) * (z - D) / sigma
    return z


# %% walk: the slope was not divided by σ.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = z + (after - sigma) * (z - D)
    return z


# %% walk: the levels were gone through from the last to the first.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    levels = sigmas[:-1].flip(0)
    for sigma, after in zip(levels, [*levels[1:], sigmas[-1]]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk: σ came without a dimension; the denoiser wants one number for each code.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma)
        z = D + after / sigma * (z - D)
    return z


# %% walk: σ came as (1,); the denoiser wants one number for each code.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma[None])
        z = D + after / sigma * (z - D)
    return z


# %% walk: the denoiser was called once more at the end, at the smallest level.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return denoiser(z, sigmas[-2].expand(len(z)))


# %% walk: the denoiser was called at σ = 0.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return denoiser(z, sigmas[-1].expand(len(z)))


# %% walk: only one step was made.
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    return denoiser(z, sigmas[0].expand(len(z)))


# %% walk, caught: hangs on the graph
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk, caught: new noise at each step
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        z = denoiser(z, sigma.expand(len(z))) + after * torch.randn_like(eps)
    return z


# %% walk, caught: gradients left switched off
def walk(denoiser, eps, sigmas):
    torch.set_grad_enabled(False)
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk, caught: noise scaled in place
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = eps.mul_(sigmas[0])
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk, caught: Heun's step, with a second call
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        slope = (z - denoiser(z, sigma.expand(len(z)))) / sigma
        there = z + (after - sigma) * slope
        if after > 0:
            other = (there - denoiser(there, after.expand(len(z)))) / after
            there = z + (after - sigma) * (slope + other) / 2
        z = there
    return z


# %% walk, caught: in evaluation mode
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    if isinstance(denoiser, nn.Module):
        denoiser.eval()
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk, caught: at most 50 steps
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1][:50], sigmas[1:][:50]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z


# %% walk, caught: float32 numbers of sigma
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for sigma, after in zip(sigmas[:-1].tolist(), sigmas[1:].tolist()):
        D = denoiser(z, torch.full((len(z),), sigma))
        z = (D + after / sigma * (z - D)).float()
    return z


# %% walk, right: along the slope
@torch.no_grad()
def walk(denoiser, eps, sigmas):
    z = sigmas[0] * eps
    for i in range(len(sigmas) - 1):
        level = sigmas[i].repeat(eps.shape[0])
        slope = (z - denoiser(z, level)) / sigmas[i]
        z = z + (sigmas[i + 1] - sigmas[i]) * slope
    return z


# %% walk, right: with lerp, full_like and a with statement
def walk(denoiser, eps, sigmas):
    with torch.no_grad():
        z, level = sigmas[0] * eps, None
        for after in sigmas[1:]:
            before = sigmas[0] if level is None else level
            D = denoiser(z, before * torch.ones_like(eps.flatten(1)[:, 0]))
            z, level = torch.lerp(D, z, after / before), after
    return z


# %% walk, right: detached in each step
def walk(denoiser, eps, sigmas):
    z, left = eps.detach() * sigmas[0].detach(), [*sigmas.detach()]
    while len(left) > 1:
        sigma = left.pop(0)
        D = denoiser(z, torch.stack([sigma] * len(z))).detach()
        z = D * (1 - left[0] / sigma) + z * (left[0] / sigma)
    return z


# %% walk, right: in inference mode
@torch.inference_mode()
def walk(denoiser, eps, sigmas):
    z = torch.zeros_like(eps).add(eps * sigmas[0])
    for sigma, after in zip(sigmas, sigmas[1:]):
        D = denoiser(z, sigma.expand(len(z)))
        z = D + after / sigma * (z - D)
    return z
