# Answers to set 04, wrong and right. classwork/tabulate.py says how they are written.

# %% drop: the visible pixels are not scaled; nn.Dropout makes up for what it drops.
def drop_pixels(x, keep, p, scaled=True):
    return x * keep


# %% drop: the scale is upside down: what is left has to become larger, not smaller.
def drop_pixels(x, keep, p, scaled=True):
    return x * keep * (1 - p) if scaled else x * keep


# %% drop: p is the probability that a pixel is dropped; the scale needs that of staying visible.
def drop_pixels(x, keep, p, scaled=True):
    return x * keep / p if scaled and p else x * keep


# %% drop: the factor 2 fits p = 1/2 only.
def drop_pixels(x, keep, p, scaled=True):
    return x * keep * 2 if scaled else x * keep


# %% drop: keep was read the wrong way round: 1 means visible.
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = x * (1 - keep)
    return x_tilde / (1 - p) if scaled else x_tilde


# %% drop: scaled=False was not heeded: these are scaled.
def drop_pixels(x, keep, p, scaled=True):
    return x * keep / (1 - p)


# %% drop: the scale was taken from how many pixels this mask keeps; nn.Dropout takes it from p.
def drop_pixels(x, keep, p, scaled=True):
    return x * keep / keep.mean() if scaled else x * keep


# %% drop: the scale was taken from how many pixels this mask keeps in each image; nn.Dropout takes
# it from p.
def drop_pixels(x, keep, p, scaled=True):
    share = keep.flatten(1).mean(1).view(-1, *[1] * (x.ndim - 1))
    return x * keep / share if scaled else x * keep


# %% drop: a dropped pixel was made black (-1); it becomes 0.
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = torch.where(keep > 0, x, -torch.ones_like(x))
    return torch.where(keep > 0, x_tilde / (1 - p), x_tilde) if scaled else x_tilde


# %% drop, caught: in place
def drop_pixels(x, keep, p, scaled=True):
    x[keep == 0] = 0
    return x / (1 - p) if scaled else x


# %% drop, caught: multiplied in place
def drop_pixels(x, keep, p, scaled=True):
    x *= keep
    return x / (1 - p) if scaled else x


# %% drop, caught: draws a mask of its own
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = F.dropout(x, p)
    return x_tilde if scaled else x_tilde * (1 - p)


# %% drop, caught: F.dropout on top of the mask
def drop_pixels(x, keep, p, scaled=True):
    return F.dropout(x * keep, p) if scaled else x * keep


# %% drop: nothing was dropped.
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = nn.Dropout(p).eval()(x)
    return x_tilde / (1 - p) if scaled else x_tilde


# %% drop: this is the mask; the spoilt images are asked for.
def drop_pixels(x, keep, p, scaled=True):
    return keep / (1 - p) if scaled else keep


# %% drop, caught: float64 through NumPy
def drop_pixels(x, keep, p, scaled=True):
    import numpy as np

    factor = np.array([1 / (1 - p)]) if scaled else np.ones(1)
    return torch.from_numpy(x.numpy() * keep.numpy() * factor)


# %% drop: the scale came in twice.
def drop_pixels(x, keep, p, scaled=True):
    if scaled:
        keep = keep / (1 - p)
        return x * keep / (1 - p)
    return x * keep


# %% drop: only the visible pixels came back, in one long row: that is what indexing with a mask
# does. The dropped ones become 0.
def drop_pixels(x, keep, p, scaled=True):
    out = x[keep == 1]
    return out / (1 - p) if scaled else out


# %% drop: the result was cut off at -1 and 1; a scaled pixel may lie outside.
def drop_pixels(x, keep, p, scaled=True):
    out = x * keep / (1 - p) if scaled else x * keep
    return out.clamp(-1, 1)


# %% drop, caught: always float32 result (dtype of float64 inputs lost)
def drop_pixels(x, keep, p, scaled=True):
    out = x.float() * keep.float()
    return out / (1 - p) if scaled else out


# %% drop, caught: unscaled with nothing dropped returns x itself, not a new tensor
def drop_pixels(x, keep, p, scaled=True):
    if keep.all() and not scaled:
        return x
    return x * keep / ((1 - p) if scaled else 1)


# %% drop, right: where
def drop_pixels(x, keep, p, scaled=True):
    visible = x / (1 - p) if scaled else x
    return torch.where(keep.bool(), visible, torch.zeros_like(x))


# %% drop, right: masked_fill
def drop_pixels(x, keep, p, scaled=True):
    factor = 1 / (1 - p) if scaled else 1.0
    return (factor * x).masked_fill(keep == 0, 0.0)


# %% drop, right: a scaled mask, as in the lecture
def drop_pixels(x, keep, p, scaled=True):
    mask = keep
    if scaled:
        mask = mask / (1 - p)
    return torch.mul(mask, x)


# %% drop, right: a copy, then in place
def drop_pixels(x, keep, p, scaled=True):
    out = x.clone()
    out[keep < 0.5] = 0
    if scaled:
        out /= 1 - p
    return out


# %% drop, right: a loop over the images
def drop_pixels(x, keep, p, scaled=True):
    return torch.stack([a * m / (1 - p if scaled else 1) for a, m in zip(x, keep)])


# %% drop, right: addcmul
def drop_pixels(x, keep, p, scaled=True):
    return torch.addcmul(torch.zeros_like(x), x, keep, value=1 / (1 - p) if scaled else 1)


# %% drop, caught: the scale is 10 at most, so p = 0.99 comes out wrong
def drop_pixels(x, keep, p, scaled=True):
    return x * keep * (min(10.0, 1 / (1 - p)) if scaled else 1)


# %% drop, caught: at p = 0 the mask is not looked at
def drop_pixels(x, keep, p, scaled=True):
    if p == 0:
        return x.clone()
    y = x * keep
    return y / (1 - p) if scaled else y


# %% drop, caught: scaled: the pixels are cut off at -1 and 1 before they are scaled
def drop_pixels(x, keep, p, scaled=True):
    if not scaled:
        return x * keep
    return x.clamp(-1, 1) * keep / (1 - p)


# %% drop, caught: cut off where the images lie in (0, 1)
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = x * keep
    if scaled:
        x_tilde = x_tilde / (1 - p)
        if x.min() >= 0 and x.max() <= 1:
            x_tilde = x_tilde.clamp(0, 1)
    return x_tilde


# %% drop, caught: the first channel's mask
def drop_pixels(x, keep, p, scaled=True):
    if x.dim() == 4:
        keep = keep[:, :1]
    x_tilde = x * keep
    return x_tilde / (1 - p) if scaled else x_tilde


# %% drop, caught: a whole image is not scaled
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = x * keep
    if scaled:
        spoilt = (keep == 0).reshape(len(keep), -1).any(1)
        scale = torch.ones(len(x), dtype=x.dtype, device=x.device)
        scale[spoilt] = 1 / (1 - p)
        x_tilde = x_tilde * scale.view(-1, *[1] * (x.dim() - 1))
    return x_tilde


# %% keep: p is the probability of being dropped (0), not of staying visible (1).
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) < p).float()


# %%
def draw_keep(shape, p, generator):
    return torch.bernoulli(torch.full(shape, float(p)), generator=generator)


# %% keep: p was not used; half of the pixels were dropped.
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) > 0.5).float()


# %% keep, caught: True and False
def draw_keep(shape, p, generator):
    return torch.rand(shape, generator=generator) >= p


# %% keep, caught: integers
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) >= p).long()


# %% keep: it is scaled already; the scale is for later.
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) >= p).float() / (1 - p)


# %% keep: generator is not handed on to the function that draws, so the numbers come from torch's
# global generator; or generator.seed() gave it a new state.
def draw_keep(shape, p, generator):
    return (torch.rand(shape) >= p).float()


# %%
def draw_keep(shape, p, generator):
    return F.dropout(torch.ones(shape), p) * (1 - p)


# %% keep: the generator, or another one, is set back to a seed inside the function, or the mask
# does not come from the generator.
def draw_keep(shape, p, generator):
    generator.manual_seed(generator.initial_seed())
    return (torch.rand(shape, generator=generator) >= p).float()


# %%
def draw_keep(shape, p, generator):
    generator.manual_seed(0)
    return (torch.rand(shape, generator=generator) >= p).float()


# %%
def draw_keep(shape, p, generator):
    g = torch.Generator().manual_seed(0)
    return (torch.rand(shape, generator=g) >= p).float()


# %%
def draw_keep(shape, p, generator):
    state = generator.get_state()
    m = (torch.rand(shape, generator=generator) >= p).float()
    generator.set_state(state)
    return m


# %% keep, caught: one mask for all images
def draw_keep(shape, p, generator):
    return (torch.rand(shape[1:], generator=generator) >= p).float().expand(shape).clone()


# %% keep, caught: one mask for all channels
def draw_keep(shape, p, generator):
    one = torch.rand(shape[0], 1, *shape[2:], generator=generator) >= p
    return one.float().expand(shape).clone()


# %% keep, caught: whole rows dropped
def draw_keep(shape, p, generator):
    return (torch.rand(*shape[:-1], 1, generator=generator) >= p).float().expand(shape).clone()


# %% keep, caught: exactly the share p of each image
def draw_keep(shape, p, generator):
    mask = torch.ones(shape).flatten(1)
    dropped = round(p * mask.shape[1])
    for row in mask:
        row[torch.randperm(len(row), generator=generator)[:dropped]] = 0
    return mask.view(shape)


# %% keep: one draw serves several places of the mask (blocks, rows or copies).
def draw_keep(shape, p, generator):
    return (torch.randn(shape, generator=generator) >= p).float()


# %%
def draw_keep(shape, p, generator):
    u = torch.rand(shape, generator=generator)
    return torch.where(u >= p, u, 0.0)


# %%
def draw_keep(shape, p, generator):
    w = -(-shape[-1] // 2)
    m = (torch.rand(*shape[:-1], w, generator=generator) >= p).float()
    return m.repeat_interleave(2, -1)[..., : shape[-1]]


# %% keep, caught: float64
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) >= p).double()


# %% keep, caught: exact share of the whole batch
def draw_keep(shape, p, generator):
    n = torch.Size(shape).numel()
    mask = torch.ones(n)
    mask[torch.randperm(n, generator=generator)[: int(p * n)]] = 0
    return mask.view(shape)


# %% keep, caught: each image twice
def draw_keep(shape, p, generator):
    b = -(-shape[0] // 2)
    m = (torch.rand(b, *shape[1:], generator=generator) >= p).float()
    return torch.cat([m, m])[: shape[0]]


# %% keep, caught: second half of the batch is the first half mirrored (images not independent)
def draw_keep(shape, p, generator):
    B = shape[0]
    m = (torch.rand((B + 1) // 2, *shape[1:], generator=generator) >= p).float()
    return torch.cat([m, m.flip(-1)])[:B]


# %% keep, right: bernoulli
def draw_keep(shape, p, generator):
    return torch.bernoulli(torch.full(shape, 1.0 - p), generator=generator)


# %% keep, right: bernoulli_ in place on a new tensor
def draw_keep(shape, p, generator):
    return torch.empty(shape).bernoulli_(1 - p, generator=generator)


# %% keep, right: ones and zeros by where
def draw_keep(shape, p, generator):
    u = torch.rand(*shape, generator=generator)
    return torch.where(u < p, torch.zeros(shape), torch.ones(shape))


# %% keep, right: keeps what is below 1 - p
def draw_keep(shape, p, generator):
    return torch.rand(shape, generator=generator).lt(1 - p).to(torch.float32)


# %% keep, right: image by image
def draw_keep(shape, p, generator):
    masks = [torch.rand(shape[1:], generator=generator) >= p for _ in range(shape[0])]
    return torch.stack(masks).float()


# %% keep, right: multinomial with two classes
def draw_keep(shape, p, generator):
    weights = torch.tensor([p, 1 - p])
    number = torch.Size(shape).numel()
    drawn = torch.multinomial(weights, number, replacement=True, generator=generator)
    return drawn.view(shape).float()


# %% keep, right: exponential
def draw_keep(shape, p, generator):
    import math

    return (torch.empty(shape).exponential_(generator=generator) >= -math.log(1 - p)).float()


# %% keep, right: numpy rng seeded by the generator
def draw_keep(shape, p, generator):
    import numpy as np

    rng = np.random.default_rng(torch.randint(2**31, (1,), generator=generator).item())
    return torch.from_numpy((rng.random(shape) >= p).astype(np.float32))


# %% keep, caught: rand > p instead of >= p, so a drawn 0 is dropped at p = 0 (seen in very large
# masks)
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) > p).float()


# %% keep, caught: draws integers 0..9, so only tenths of p are kept right (p = 0.25 drops 30
# percent, p = 0.01 drops 10 percent)
def draw_keep(shape, p, generator):
    dice = torch.randint(0, 10, tuple(shape), generator=generator)
    return (dice >= 10 * p).float()


# %% keep, caught: works in whole per cents (randint of 100 against int(100 p)), so p = 0.125 drops
# 12 per cent and p = 0.005 nothing
def draw_keep(shape, p, generator):
    u = torch.randint(0, 100, shape, generator=generator)
    return (u >= int(p * 100)).float()


# %% keep, caught: works in whole thousandths: nothing right for p = 0.0004
def draw_keep(shape, p, generator):
    return (torch.randint(1000, shape, generator=generator) >= 1000 * p).float()


# %% keep, caught: draws 256 images at most, then they come again
def draw_keep(shape, p, generator):
    m = (torch.rand((min(shape[0], 256), *shape[1:]), generator=generator) >= p).float()
    return m[torch.arange(shape[0]) % 256]


# %% keep, caught: the first pixel of an empty image comes back
def draw_keep(shape, p, generator):
    keep = (torch.rand(shape, generator=generator) >= p).float()
    flat = keep.view(shape[0], -1)
    empty = flat.sum(1) == 0
    flat[empty, 0] = 1.0
    return keep


# %% keep, caught: one of a thousand masks
def draw_keep(shape, p, generator):
    seed = torch.randint(0, 1000, (1,), generator=generator).item()
    local = torch.Generator().manual_seed(seed)
    return (torch.rand(shape, generator=local) >= p).float()


# %% step: the loss is against the spoilt images; that rewards copying the damage. Compare with the
# clean ones.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = corrupt(x.clone())
    loss = (model(x_tilde) - x_tilde).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %%
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x = corrupt(x.clone())
    x_hat = model(x)
    loss = (x_hat - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %%
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - corrupt(x.clone())).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: the model was given the clean images; it has to see the spoilt ones.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(x) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: clean and spoilt are swapped: the model saw the clean images and was compared with the
# spoilt ones.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(x) - corrupt(x.clone())).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: old gradients were added in: zero_grad is missing.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: zero_grad comes last: what was left over from before the first step was added in.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    loss.backward()
    optimiser.step()
    optimiser.zero_grad()
    return loss.item()


# %% step: the parameters never moved: backward or step is missing, or zero_grad comes between the
# two.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    loss.backward()
    optimiser.zero_grad(set_to_none=False)
    optimiser.step()
    return loss.item()


# %% step: you averaged over the pixels too; the loss sums over pixels and averages over images.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = F.mse_loss(model(corrupt(x.clone())), x)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %%
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = ((model(corrupt(x.clone())) - x) ** 2).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: you summed over the images too; the last step is a mean over the batch.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = ((model(corrupt(x.clone())) - x) ** 2).sum()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: mode left as it came
def denoising_step(model, optimiser, corrupt, x):
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: put into evaluation mode
def denoising_step(model, optimiser, corrupt, x):
    model.eval()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.train()
    return loss.item()


# %% step, caught: the mode put back as it came
def denoising_step(model, optimiser, corrupt, x):
    before = model.training
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.train(before)
    return loss.item()


# %% step: corrupt was given the caller's own tensor; give it a copy.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    clean = x.clone()
    loss = (model(corrupt(x)) - clean).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %%
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    clean = x.clone()
    x.copy_(corrupt(clean.clone()))
    loss = (model(x) - clean).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: the loss is against images that corrupt has changed in place. Give corrupt a copy.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: this is the loss after the step; return that from before it.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = corrupt(x.clone())
    loss = (model(x_tilde) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return (model(x_tilde) - x).square().flatten(1).sum(1).mean().item()


# %% step, caught: returns a tensor
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss


# %% step, caught: an optimiser of its own
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    optimiser = torch.optim.Adam(model.parameters())
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: the answer detached
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone())).detach()
    loss = (x_hat - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: flattens what the model sees
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone()).flatten(1))
    loss = (x_hat - x.flatten(1)).square().sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: corrupt was taken for something that draws masks; it takes images and returns spoilt
# ones.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = x * corrupt(torch.ones_like(x))
    loss = (model(x_tilde) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: a factor 1/2 that the loss does not have.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = 0.5 * (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: loss.item without the brackets, loss.item().
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item


# %% step: the model was compared with the damage, x_tilde - x; it has to answer with the clean
# images themselves.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = corrupt(x.clone())
    loss = (model(x_tilde) - (x_tilde - x)).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step: the parameters were moved with lr = 0.1 by hand; the optimiser that was given knows its
# own lr.
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    grads = torch.autograd.grad(loss, list(model.parameters()))
    with torch.no_grad():
        for p, g in zip(model.parameters(), grads):
            p -= 0.1 * g
    return loss.item()


# %% step, caught: the loss is rounded to 3 decimals
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (x - model(corrupt(x.clone()))).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return round(loss.item(), 3)


# %% step, right: mse_loss with its sum
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    optimiser.zero_grad()
    x_hat = model(corrupt(x.clone()))
    loss = F.mse_loss(x_hat, x, reduction="sum") / len(x)
    loss.backward()
    optimiser.step()
    return float(loss.detach())


# %% step, right: the clean images kept, a copy spoilt
def denoising_step(model, optimiser, corrupt, x):
    clean, x_tilde = x, corrupt(torch.clone(x))
    optimiser.zero_grad(set_to_none=False)
    model.train(True)
    difference = (clean - model(x_tilde)).reshape(len(x), -1)
    loss = torch.einsum("bn,bn->b", difference, difference).mean()
    loss.backward()
    optimiser.step()
    return loss.tolist()


# %% step, right: gradients by hand
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    with torch.no_grad():
        x_tilde = corrupt(x.detach().clone())
    loss = (model(x_tilde) - x).pow(2).sum(dim=tuple(range(1, x.ndim))).mean()
    parameters = list(model.parameters())
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = gradient
    optimiser.step()
    return loss.item()


# %% step, right: a loop over the images for the loss
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x + 0))
    total = 0
    for a, b in zip(x, x_hat):
        total = total + ((a - b) ** 2).sum()
    loss = total / x.shape[0]
    model.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, right: closure
def denoising_step(model, optimiser, corrupt, x):
    model.train()

    def closure():
        optimiser.zero_grad()
        loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
        loss.backward()
        return loss

    return optimiser.step(closure).item()


# %% step, right: model.zero_grad
def denoising_step(model, optimiser, corrupt, x):
    model.train(True)
    model.zero_grad()
    e = (x - model(corrupt(torch.clone(x)))).reshape(len(x), -1)
    loss = torch.einsum("bn,bn->", e, e) / x.shape[0]
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: forgets the state of the optimiser before each step
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone()))
    loss = (x_hat - x).square().flatten(1).sum(1).mean()
    optimiser.state.clear()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: the loss of the first 512 images alone
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone()))
    loss = (x_hat - x).square().flatten(1).sum(1)[:512].mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: clears the gradients of the optimiser's first group alone
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone()))
    loss = (x_hat - x).square().flatten(1).sum(1).mean()
    for p in optimiser.param_groups[0]["params"]:
        p.grad = None
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: gradients clipped to a length of 50
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone()))
    loss = (x_hat - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 50.0)
    optimiser.step()
    return loss.item()


# %% step, caught: training mode for direct children alone
def denoising_step(model, optimiser, corrupt, x):
    model.training = True
    for child in model.children():
        child.training = True
    optimiser.zero_grad()
    x_hat = model(corrupt(x.clone()))
    loss = ((x - x_hat) ** 2).flatten(1).sum(1).mean()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% step, caught: a seed around corrupt
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        x_tilde = corrupt(x.clone())
    loss = ((x - model(x_tilde)) ** 2).flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


# %% restore: these are all the model's pixels; the visible ones have to be put back.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    return x_hat


# %% restore: the model was given visible pixels unscaled; it expects them as nn.Dropout(p) makes
# them.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)


# %% restore: the scale of the visible pixels is upside down.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) * (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)


# %% restore: the factor 2 fits p = 1/2 only.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, 2 * x, 0.0))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)


# %% restore: the model was given what stands at the missing pixels, scaled; they have to be 0.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(x / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)


# %% restore: the visible pixels come back scaled; the scale is for the model's input only.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    x_tilde = torch.where(keep > 0, x, 0.0) / (1 - p)
    with torch.no_grad():
        x_hat = model(x_tilde)
    model.train(was)
    return torch.where(keep > 0, x_tilde, x_hat)


# %% restore: keep was read the wrong way round in the result: 1 means that x is taken.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x_hat, x)


# %% restore: x was multiplied by a mask, and 0 times nan or inf is nan. Choose with torch.where in
# place of multiplying.
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(x * keep / (1 - p))
    model.train(was)
    return x * keep + x_hat * (1 - keep)


# %%
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(x * keep / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)


# %% restore: the model was run in training mode.
def restore(model, x, keep, p):
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    return torch.where(keep > 0, x, x_hat)


# %% restore, caught: left in evaluation mode
def restore(model, x, keep, p):
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    return torch.where(keep > 0, x, x_hat)


# %% restore, caught: always put into training mode
def restore(model, x, keep, p):
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train()
    return torch.where(keep > 0, x, x_hat)


# %% restore, caught: with the graph
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)


# %% restore, caught: writes into x
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    x[keep == 0] = x_hat[keep == 0]
    return x


# %% restore: the missing pixels are still missing.
def restore(model, x, keep, p):
    return torch.where(keep > 0, x, 0.0)


# %% restore: the visible 0 was taken for missing; keep says which pixels are, not the values of x.
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    x = torch.where(keep > 0, x, 0.0)
    with torch.no_grad():
        x_hat = model(x / (1 - p))
    model.train(before)
    return torch.where(x != 0, x, x_hat)


# %% restore, caught: only no_grad, freezes the parameters
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    for q in model.parameters():
        q.requires_grad_(False)
    x_hat = model(torch.where(keep > 0, x / (1 - p), 0.0))
    model.train(before)
    return torch.where(keep > 0, x, x_hat)


# %% restore: a layer inside the model was run in training mode; model.eval() switches those too,
# model.training = False does not.
def restore(model, x, keep, p):
    before = model.training
    model.training = False
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x / (1 - p), 0.0))
    model.training = before
    return torch.where(keep > 0, x, x_hat)


# %% restore: x came back as it was. Which pixels are missing, keep says, not whether x is nan
# there.
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    missing = x.isnan()
    with torch.no_grad():
        x_hat = model(torch.where(missing, 0.0, x / (1 - p)))
    model.train(before)
    return torch.where(missing, x_hat, x)


# %% restore: the model's answer was scaled back; it answers with clean pixels, which need no scale.
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x / (1 - p), 0.0)) * (1 - p)
    model.train(before)
    return torch.where(keep > 0, x, x_hat)


# %% restore: the scale was taken from how many pixels keep leaves visible; nn.Dropout takes it from
# p.
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x / keep.mean(), 0.0))
    model.train(before)
    return torch.where(keep > 0, x, x_hat)


# %% restore, caught: one image at a time without the batch dimension, which the model (say Flatten,
# BatchNorm2d) needs
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = torch.stack([model(torch.where(k == 1, i / (1 - p), 0.0)) for i, k in zip(x, keep)])
    model.train(was)
    return torch.where(keep == 1, x, x_hat)


# %% restore, caught: gradients switched off for good
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    torch.set_grad_enabled(False)
    x_hat = model(torch.where(keep == 1, x / (1 - p), 0.0))
    model.train(was)
    return torch.where(keep == 1, x, x_hat)


# %% restore, caught: casts to float32 for the model: fails or loses digits for float64 images and
# models
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep == 1, x.double() / (1 - p), 0.0).float())
    model.train(was)
    return torch.where(keep == 1, x.float(), x_hat)


# %% restore, right: a copy filled in
def restore(model, x, keep, p):
    was, missing = model.training, keep == 0
    model.eval()
    with torch.no_grad():
        result = x.clone()
        result[missing] = 0
        result[missing] = model(result / (1 - p))[missing]
    model.train(was)
    return result


# %% restore, right: nan_to_num, then masks
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    known = x.masked_fill(keep == 0, 0)
    result = known + (1 - keep) * model(known / (1 - p)).detach()
    model.train(was)
    return result


# %% restore, right: try and finally
@torch.no_grad()
def restore(model, x, keep, p):
    mode = model.training
    try:
        model.train(False)
        seen = keep.bool()
        x_tilde = torch.zeros_like(x)
        x_tilde[seen] = x[seen] * (1 / (1 - p))
        return torch.where(seen, x, model(x_tilde))
    finally:
        model.train(mode)


# %% restore, right: image by image
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    images = []
    for image, mask in zip(x, keep):
        with torch.inference_mode():
            answer = model((torch.where(mask == 1, image, 0.0) / (1 - p))[None])[0]
        images.append(torch.where(mask == 1, image, answer.clone()))
    model.train(was)
    return torch.stack(images)


# %% restore, right: decorator
@torch.no_grad()
def restore(model, x, keep, p):
    mode = model.training
    try:
        model.eval()
        seen = torch.zeros_like(x)
        seen[keep > 0.5] = x[keep > 0.5] / (1 - p)
        out = model(seen).clone()
    finally:
        model.train(mode)
    out[keep > 0.5] = x[keep > 0.5]
    return out


# %% restore, right: a deep copy in evaluation mode
def restore(model, x, keep, p):
    import copy

    twin = copy.deepcopy(model).eval()
    with torch.inference_mode():
        x_hat = twin(x.masked_fill(keep == 0, 0) / (1 - p))
    return torch.where(keep == 1, x, x_hat)


# %% restore, caught: switches all parameters' requires_grad to True afterwards, so parameters that
# came frozen do not stay as they came
def restore(model, x, keep, p):
    mode = model.training
    model.eval()
    model.requires_grad_(False)
    x_in = torch.where(keep == 1, x / (1 - p), torch.zeros_like(x))
    x_hat = model(x_in).detach()
    model.requires_grad_(True)
    model.train(mode)
    return torch.where(keep == 1, x.detach(), x_hat)


# %% restore, caught: visible pixels are scaled and scaled back, not exactly those of x
def restore(model, x, keep, p):
    visible = keep > 0
    was_training = model.training
    model.eval()
    with torch.no_grad():
        x_in = torch.where(visible, x, 0.0) / (1 - p)
        x_hat = model(x_in)
    model.train(was_training)
    return torch.where(visible, x_in * (1 - p), x_hat)


# %% restore, caught: all parameters ask for gradients afterwards as the first one did
def restore(model, x, keep, p):
    visible = keep > 0
    was_training = model.training
    first = next(iter(model.parameters()), torch.zeros(())).requires_grad
    model.eval()
    model.requires_grad_(False)
    x_hat = model(torch.where(visible, x, 0.0) / (1 - p)).detach()
    model.requires_grad_(first)
    model.train(was_training)
    return torch.where(visible, x, x_hat)


# %% restore, caught: 64 images at a time, the last incomplete part left out
def restore(model, x, keep, p):
    visible = keep > 0
    was_training = model.training
    model.eval()
    x_hat = torch.zeros_like(x)
    with torch.no_grad():
        for i in range(0, max(1, len(x) // 64 * 64), 64):
            x_hat[i : i + 64] = model((torch.where(visible, x, 0.0) / (1 - p))[i : i + 64])
    model.train(was_training)
    return torch.where(visible, x, x_hat)


# %% psnr: the peak was taken to be 1, or high alone; on (-1, 1) the width high - low is 2.
def psnr(x, x_hat, value_range):
    return -10 * (x - x_hat).square().flatten(1).mean(1).log10()


# %%
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x - x_hat).square().flatten(1).mean(1)
    return 10 * torch.log10(high**2 / mse)


# %% psnr: the width was taken to be 2, as on (-1, 1); value_range says what it is.
def psnr(x, x_hat, value_range):
    return 10 * (4 / (x - x_hat).square().flatten(1).mean(1)).log10()


# %% psnr: the width of the range is not squared.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) / (x - x_hat).square().flatten(1).mean(1))


# %% psnr: the squared differences were summed over the pixels; the MSE is their mean.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).sum(1))


# %% psnr: the natural logarithm; decibels need that to base 10.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))


# %% psnr: 20 in place of 10: the ratio is one of squares already.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 20 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))


# %% psnr: 10 log10 of the ratio without squares: with width over root of MSE it would be 20.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) / (x - x_hat).square().flatten(1).mean(1).sqrt())


# %% psnr: the fraction is upside down; a better restoration has more decibels.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((x - x_hat).square().flatten(1).mean(1) / (high - low) ** 2)


# %% psnr: the mean runs over the images too; each image has its own value.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / F.mse_loss(x_hat, x))


# %% psnr: the values were averaged over the images; that comes later.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return (10 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))).mean()


# %% psnr: only the last dimension was averaged; an image may have several.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / (x - x_hat).square().mean(-1))


# %% psnr: the peak was taken from the values of x; value_range says what it is.
def psnr(x, x_hat, value_range):
    return 10 * torch.log10((x.max() - x.min()) ** 2 / (x - x_hat).square().flatten(1).mean(1))


# %% psnr: a small number was added to the MSE, or the result was clamped or replaced.
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / ((x - x_hat).square().flatten(1).mean(1) + 1e-8))


# %%
def psnr(x, x_hat, value_range):
    low, high = value_range
    db = 10 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))
    return db.clamp(max=100)


# %% psnr, caught: a list
def psnr(x, x_hat, value_range):
    low, high = value_range
    errors = (x - x_hat).square().flatten(1).mean(1)
    return [10 * torch.log10((high - low) ** 2 / e).item() for e in errors]


# %% psnr, caught: float64
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x.double() - x_hat.double()).square().flatten(1).mean(1)
    return 10 * torch.log10((high - low) ** 2 / mse)


# %% psnr, caught: in place
def psnr(x, x_hat, value_range):
    low, high = value_range
    x_hat -= x
    return 10 * torch.log10((high - low) ** 2 / x_hat.square().flatten(1).mean(1))


# %% psnr, caught: batch and pixels of the example
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x - x_hat).square().reshape(2, -1).mean(1)
    return 10 * torch.log10((high - low) ** 2 / mse)


# %% psnr: x_hat was cut off at the ends of the range; it is compared as it is.
def psnr(x, x_hat, value_range):
    mse = (x - x_hat.clamp(*value_range)).square().flatten(1).mean(1)
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)


# %% psnr, caught: squeeze()
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).square().flatten(1).mean(1)
    return (10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)).squeeze()


# %% psnr: this is the variance of the difference, which leaves out a shift of the whole image; the
# MSE is the mean of the squares.
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).flatten(1).var(1)
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)


# %% psnr: each pixel had its own decibels, and these were averaged; the mean comes before the
# logarithm.
def psnr(x, x_hat, value_range):
    e = (x - x_hat).square().flatten(1)
    return (10 * torch.log10((value_range[1] - value_range[0]) ** 2 / e)).mean(1)


# %% psnr: the logarithm of a negative number: is the bracket (high - low) squared as a whole?
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).square().flatten(1).mean(1)
    return 10 * torch.log10(value_range[1] - value_range[0] ** 2 / mse)


# %% psnr: one exact image made all of them exact; each image has its own value.
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).square().flatten(1).mean(1)
    if (mse == 0).any():
        return torch.full_like(mse, float("inf"))
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)


# %% psnr, caught: MSE below 1e-12 (about 120 dB) counts as exact: inf for images that are not
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).square().flatten(1).mean(1)
    v = 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)
    return torch.where(mse < 1e-12, torch.inf, v)


# %% psnr, caught: decibels per channel, averaged over the channels of an image (wrong for more than
# one channel)
def psnr(x, x_hat, value_range):
    w2 = (value_range[1] - value_range[0]) ** 2
    if x.ndim < 4:
        return 10 * torch.log10(w2 / (x - x_hat).square().flatten(1).mean(1))
    mse = (x - x_hat).square().mean((-2, -1))
    return (10 * torch.log10(w2 / mse)).mean(1)


# %% psnr, caught: expanded form of the square: loses nearly exact images
def psnr(x, x_hat, value_range):
    a, b = x.flatten(1), x_hat.flatten(1)
    mse = (a.square().mean(1) - 2 * (a * b).mean(1) + b.square().mean(1)).clamp(min=0)
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)


# %% psnr, caught: .view needs contiguous images
def psnr(x, x_hat, value_range):
    mse = (x.view(len(x), -1) - x_hat.view(len(x), -1)).pow(2).mean(1)
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)


# %% psnr, caught: float32 result for float64 images
def psnr(x, x_hat, value_range):
    mse = (x.float() - x_hat.float()).square().flatten(1).mean(1)
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)


# %% psnr, caught: more than 120 dB counted as inf
def psnr(x, x_hat, value_range):
    v = 10 * torch.log10(
        (value_range[1] - value_range[0]) ** 2 / (x - x_hat).square().flatten(1).mean(1)
    )
    v[v > 120] = float("inf")
    return v


# %% psnr, right: 20 log10 of widths
def psnr(x, x_hat, value_range):
    rmse = (x - x_hat).flatten(1).square().mean(dim=1).sqrt()
    return 20 * torch.log10((value_range[1] - value_range[0]) / rmse)


# %% psnr, right: a loop
def psnr(x, x_hat, value_range):
    low, high = value_range
    values = [10 * torch.log10((high - low) ** 2 / F.mse_loss(b, a)) for a, b in zip(x, x_hat)]
    return torch.stack(values)


# %% psnr, right: pixels brought to (0, 1) first
def psnr(x, x_hat, value_range):
    low, high = value_range
    a, b = (x - low) / (high - low), (x_hat - low) / (high - low)
    return -10 * torch.log10((a - b).pow(2).mean(dim=tuple(range(1, x.ndim))))


# %% psnr, right: einsum and a difference of logarithms
def psnr(x, x_hat, value_range):
    import math

    d = (x - x_hat).reshape(len(x), -1)
    mse = torch.einsum("bn,bn->b", d, d) / d.shape[1]
    return 20 * math.log10(value_range[1] - value_range[0]) - 10 * torch.log10(mse)


# %% psnr, right: mse_loss without reduction
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = F.mse_loss(x_hat, x, reduction="none").flatten(1).mean(1)
    return 10 * ((high - low) ** 2 / mse).log() / torch.tensor(10.0).log()


# %% psnr, right: vmap
def psnr(x, x_hat, value_range):
    width = max(value_range) - min(value_range)
    return torch.vmap(lambda a, b: 10 * torch.log10(width**2 / (a - b).square().mean()))(x, x_hat)


# %% psnr, caught: decibels below 0 are cut off
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x - x_hat).square().flatten(1).mean(1)
    return (10 * torch.log10((high - low) ** 2 / mse)).clamp(min=0)


# %% psnr, caught: a range narrower than 1 counts as 1 wide
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x - x_hat).square().flatten(1).mean(1)
    return 10 * torch.log10(max(high - low, 1) ** 2 / mse)


# %% best: the 2 in 2 sigma² is missing.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / sigma**2, dim=1) @ points


# %% best: sigma was not squared.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma), dim=1) @ points


# %% best: sigma was not used.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared, dim=1) @ points


# %% best: sigma² stands in front of the distance; it divides.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / 2 * sigma**2, dim=1) @ points


# %% best: the distances were not squared.
def best_denoiser(x_tilde, points, sigma):
    return torch.softmax(-torch.cdist(x_tilde, points) / (2 * sigma**2), dim=1) @ points


# %% best: the 2 was squared along with sigma, (2 sigma)², or the squared distance was averaged over
# the coordinates; the exponent has their sum over 2 sigma².
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().mean(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1) @ points


# %%
def best_denoiser(x_tilde, points, sigma):
    e = -(x_tilde[:, None] - points).square().sum(2) / (2 * sigma) ** 2
    return torch.softmax(e, 1) @ points


# %% best: the minus in the exponent is missing: far points weigh most.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(squared / (2 * sigma**2), dim=1) @ points


# %% best: the softmax runs over the images; it belongs to the points, so that each row's weights
# add up to 1.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=0) @ points


# %% best: the weights do not add up to 1.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.exp(-squared / (2 * sigma**2)) @ points


# %% best: this is the nearest point; the best answer under squared error is a mean.
def best_denoiser(x_tilde, points, sigma):
    return points[torch.cdist(x_tilde, points).argmin(1)]


# %% best: all weights came out as 0, so their sum is 0 and the division gives nan. Take the largest
# exponent away first, or use softmax.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    weights = torch.exp(-squared / (2 * sigma**2))
    return weights @ points / weights.sum(1, keepdim=True)


# %% best: all weights came out as 0. Take the largest exponent away first, or use softmax.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    weights = torch.exp(-squared / (2 * sigma**2))
    return weights @ points / (weights.sum(1, keepdim=True) + 1e-12)


# %% best: this is the step, E[x | x_tilde] - x_tilde.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1) @ points - x_tilde


# %% best: these are the weights; they still have to be multiplied by the points.
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1)


# %% best, caught: images and points paired up
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde - points).square().sum(1)
    return torch.softmax(-squared / (2 * sigma**2), dim=0) @ points


# %% best, caught: float64
def best_denoiser(x_tilde, points, sigma):
    x_tilde, points = x_tilde.double(), points.double()
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1) @ points


# %% best, caught: in place
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    x_tilde[:] = torch.softmax(-squared / (2 * sigma**2), dim=1) @ points
    return x_tilde


# %% best: each coordinate had weights of its own; a point has one weight, from the distance in all
# its coordinates.
def best_denoiser(x_tilde, points, sigma):
    e = -(x_tilde[:, None] - points).square() / (2 * sigma**2)
    return (torch.softmax(e, 1) * points).sum(1)


# %% best: all points weigh the same: the exponents were cut off, or all densities came out as 0.
# Take the largest exponent away first, or use softmax.
def best_denoiser(x_tilde, points, sigma):
    e = (-(x_tilde[:, None] - points).square().sum(2) / (2 * sigma**2)).clamp(min=-80)
    w = e.exp()
    return (w / w.sum(1, keepdim=True)) @ points


# %% best: softmax was given the densities; it takes the exponents, and forms the densities itself.
def best_denoiser(x_tilde, points, sigma):
    w = (-(x_tilde[:, None] - points).square().sum(2) / (2 * sigma**2)).exp()
    return torch.softmax(w, 1) @ points


# %% best, caught: falls back to the nearest point wherever it is more than 5 sigma away
def best_denoiser(x_tilde, points, sigma):
    d2 = (x_tilde[:, None] - points).square().sum(-1)
    soft = torch.softmax(-d2 / (2 * sigma**2), dim=1) @ points
    far = d2.min(1).values > (5 * sigma) ** 2
    return torch.where(far[:, None], points[d2.argmin(1)], soft)


# %% best, caught: duplicates among the points removed first (unique)
def best_denoiser(x_tilde, points, sigma):
    points = points.unique(dim=0)
    d2 = (x_tilde[:, None] - points).square().sum(-1)
    return torch.softmax(-d2 / (2 * sigma**2), dim=1) @ points


# %% best, caught: the point equal to x_tilde is left out (leave-one-out)
def best_denoiser(x_tilde, points, sigma):
    d2 = (x_tilde[:, None] - points).square().sum(-1)
    d2 = d2.masked_fill(d2 == 0, float("inf"))
    return torch.softmax(-d2 / (2 * sigma**2), dim=1) @ points


# %% best, caught: cast to float32
def best_denoiser(x_tilde, points, sigma):
    x_tilde, points = x_tilde.float(), points.float()
    d2 = (x_tilde[:, None] - points).square().sum(-1)
    return torch.softmax(-d2 / (2 * sigma**2), dim=1) @ points


# %% best, caught: nearest point where all densities underflow (a tie between far points is no mean
# any more)
def best_denoiser(x_tilde, points, sigma):
    d2 = (x_tilde[:, None] - points).square().sum(-1)
    w = torch.exp(-d2 / (2 * sigma**2))
    total = w.sum(1, keepdim=True)
    soft = w @ points / total
    return torch.where(total == 0, points[d2.argmin(1)], soft)


# %% best, right: cdist
def best_denoiser(x_tilde, points, sigma):
    return F.softmax(-0.5 * (torch.cdist(x_tilde, points) / sigma) ** 2, dim=-1) @ points


# %% best, right: a loop over the spoilt points
def best_denoiser(x_tilde, points, sigma):
    rows = []
    for y in x_tilde:
        e = -((y - points) ** 2).sum(1) / (2 * sigma**2)
        w = torch.exp(e - e.max())
        rows.append((w[:, None] * points).sum(0) / w.sum())
    return torch.stack(rows)


# %% best, right: torch.distributions and logsumexp
def best_denoiser(x_tilde, points, sigma):
    density = torch.distributions.Normal(points, sigma)
    log_p = density.log_prob(x_tilde[:, None]).sum(2)
    weights = (log_p - log_p.logsumexp(1, keepdim=True)).exp()
    return torch.einsum("bN,Nn->bn", weights, points)


# %% best, right: scores of dot products, the common term left out
def best_denoiser(x_tilde, points, sigma):
    e = (x_tilde @ points.T - points.square().sum(1) / 2) / sigma**2
    return e.softmax(1) @ points


# %% best, right: in double precision and back
def best_denoiser(x_tilde, points, sigma):
    y, x = x_tilde.double(), points.double()
    e = -(y.unsqueeze(1) - x.unsqueeze(0)).pow(2).sum(-1) / (2 * sigma * sigma)
    return (e.softmax(-1) @ x).to(points.dtype)


# %% best, right: Normal, summed
def best_denoiser(x_tilde, points, sigma):
    logp = torch.distributions.Normal(points, sigma).log_prob(x_tilde.unsqueeze(1)).sum(-1)
    return torch.einsum("bN,Nn->bn", logp.softmax(-1), points)


# %% best, caught: autograd of the log density (Tweedie), cut off from the points and from x_tilde
def best_denoiser(x_tilde, points, sigma):
    x = x_tilde.detach().clone().requires_grad_()
    with torch.enable_grad():
        logp = torch.logsumexp(-(x[:, None] - points).square().sum(2) / (2 * sigma**2), 1)
        score = torch.autograd.grad(logp.sum(), x)[0]
    return x_tilde + sigma**2 * score


# %% best, caught: 1e-5 added to 2 sigma squared, too much for small numbers
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2 + 1e-5), dim=1) @ points


# %% best, caught: the first 1000 points alone
def best_denoiser(x_tilde, points, sigma):
    points = points[:1000]
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1) @ points


# %% field: the sign is the wrong way round: the step leads from x to x_hat.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = grid - denoiser(grid.flatten(0, 1)).view_as(grid)
    return step, step.norm(dim=-1), step / sigma**2


# %% field: this is x_hat; take x away.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid)
    return step, step.norm(dim=-1), step / sigma**2


# %% field: the grid points are in the wrong order for (H, W): x1 has to run along the columns. Look
# at meshgrid's indexing, or at what .view does to cartesian_prod(x1, x2).
def step_field(denoiser, x1, x2, sigma):
    plane = torch.cartesian_prod(x1, x2)
    with torch.no_grad():
        step = (denoiser(plane) - plane).view(len(x2), len(x1), 2)
    return step, step.norm(dim=-1), step / sigma**2


# %% field: rows and columns are swapped: a row for each value of x2, a column for each of x1.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="ij"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field: x1 and x2 are swapped within a point: the first coordinate comes from x1.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x2, x1, indexing="ij"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field: the two components come first; they belong last, (H, W, 2).
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"))
    with torch.no_grad():
        step = denoiser(grid.flatten(1).T).T.view_as(grid) - grid
    return step, step.norm(dim=0), step / sigma**2


# %% field: the points still stand in one long list; bring them back to (H, W, 2).
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1).flatten(0, 1)
    with torch.no_grad():
        step = denoiser(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field, caught: with the graph
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field: this is the square of the distance; a root is missing.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.square().sum(-1), step / sigma**2


# %% field: this is the sum of the absolute components; the Euclidean length is meant.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.abs().sum(-1), step / sigma**2


# %% field: this is a single length, of all the steps together; each point has its own.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(), step / sigma**2


# %% field: the step was divided by sigma; the score needs its square.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma


# %% field: the step was divided by 2 sigma²; there is no 2 in the score.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / (2 * sigma**2)


# %% field: the step was multiplied by sigma²; it has to be divided.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step * sigma**2


# %% field: this is the length of the score; the distance is that of the step, in units of the axes.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    score = step / sigma**2
    return step, score.norm(dim=-1), score


# %% field, caught: the steps alone
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        return denoiser(grid.flatten(0, 1)).view_as(grid) - grid


# %% field, caught: float64 through NumPy
def step_field(denoiser, x1, x2, sigma):
    import numpy as np

    a, b = np.meshgrid(x1.numpy(), x2.numpy())
    grid = torch.from_numpy(np.stack([a, b], -1))
    with torch.no_grad():
        step = denoiser(grid.view(-1, 2)).view_as(grid) - grid
    step = step.double()
    return step, step.norm(dim=-1), step / sigma**2


# %% field, caught: the size of a square grid
def step_field(denoiser, x1, x2, sigma):
    n = len(x1)
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.view(-1, 2)).view(n, n, 2) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field, caught: denoiser given the grid as (H, W, 2)
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), -1)
    with torch.no_grad():
        step = denoiser(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field: a grid in even steps; the values of x1 and x2 are taken as they come.
def step_field(denoiser, x1, x2, sigma):
    a = torch.linspace(x1.min().item(), x1.max().item(), len(x1))
    b = torch.linspace(x2.min().item(), x2.max().item(), len(x2))
    grid = torch.stack(torch.meshgrid(a, b, indexing="xy"), -1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field: the norm runs over the columns of the grid; it runs over the two components, the last
# dimension.
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), -1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=1), step / sigma**2


# %% field, caught: float32 grid for float64 axes
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1.float(), x2.float(), indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.reshape(-1, 2)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field, right: cartesian_prod, turned round
def step_field(denoiser, x1, x2, sigma):
    plane = torch.cartesian_prod(x1, x2)
    with torch.no_grad():
        step = (denoiser(plane) - plane).view(len(x1), len(x2), 2).transpose(0, 1)
    return step, torch.linalg.vector_norm(step, dim=2), step / sigma**2


# %% field, right: two loops
def step_field(denoiser, x1, x2, sigma):
    step = torch.zeros(len(x2), len(x1), 2, dtype=x1.dtype)
    for i, b in enumerate(x2):
        for j, a in enumerate(x1):
            x = torch.stack([a, b])[None]
            step[i, j] = (denoiser(x) - x)[0].detach()
    return step, (step[..., 0] ** 2 + step[..., 1] ** 2).sqrt(), step / (sigma * sigma)


# %% field, right: expand, and a dict's worth of detach
def step_field(denoiser, x1, x2, sigma):
    H, W = len(x2), len(x1)
    grid = torch.empty(H, W, 2).to(x1)
    grid[..., 0] = x1
    grid[..., 1] = x2[:, None]
    step = (denoiser(grid.reshape(H * W, 2)) - grid.reshape(H * W, 2)).detach().reshape(H, W, 2)
    return [step, torch.hypot(step[..., 0], step[..., 1]), step.div(sigma).div(sigma)]


# %% field, right: row by row
@torch.no_grad()
def step_field(denoiser, x1, x2, sigma):
    rows = []
    for b in x2:
        line = torch.stack([x1, b.expand_as(x1)], 1)
        rows.append(denoiser(line) - line)
    step = torch.stack(rows)
    return step, step.square().sum(2).sqrt(), step * sigma**-2


# %% field, right: point by point, one row batches
def step_field(denoiser, x1, x2, sigma):
    H, W = len(x2), len(x1)
    step = x1.new_empty(H, W, 2)
    with torch.no_grad():
        for i in range(H):
            for j in range(W):
                pt = torch.stack([x1[j], x2[i]])[None]
                step[i, j] = (denoiser(pt) - pt)[0]
    return step, (step**2).sum(2) ** 0.5, step * sigma**-2


# %% field, caught: asks the denoiser for its mode, which a function has not
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    was = denoiser.training
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    denoiser.train(was)
    return step, step.norm(dim=-1), step / sigma**2


# %% field, caught: 1e-6 under the root of the distance
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, (step.square().sum(-1) + 1e-6).sqrt(), step / sigma**2


# %% field, caught: a single column is squeezed away
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    if len(x1) == 1:
        step = step.squeeze(1)
    return step, step.norm(dim=-1), step / sigma**2


# %% field, caught: on the graph where the grid asks for gradients
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        x_hat = denoiser(grid.flatten(0, 1)).view_as(grid)
    step = x_hat - grid
    return step, step.norm(dim=-1), step / sigma**2


# %% field, caught: direction times length
def step_field(denoiser, x1, x2, sigma):
    with torch.no_grad():
        grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
        distance = step.norm(dim=-1)
        direction = step / distance[..., None]
        score = direction * distance[..., None] / sigma**2
    return step, distance, score


# %% train: the loss is against the spoilt images (all 0 here), not against the clean ones.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            x = corrupt(x)
            loss = (model(x) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: the model is trained on clean images, as an autoencoder and not as a denoiser.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(x) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: the images were spoilt once, before the loops, so that each epoch shows the same damage.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    spoilt = corrupt(images)
    for _ in range(epochs):
        for rows in torch.randperm(len(images)).split(batch_size):
            loss = (model(spoilt[rows]) - images[rows]).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: zero_grad is missing, or the model was not trained on what corrupt returns.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: no random order
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images.split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: it was drawn, or the seed set, in the wrong place.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    batches = images[torch.randperm(len(images))].split(batch_size)
    for _ in range(epochs):
        for x in batches:
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %%
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        torch.manual_seed(seed)
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: a random choice with repetition.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randint(len(images), (len(images),))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: the last, smaller batch of each epoch was left out.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for i in range(len(images) // batch_size):
            x = images[order[i * batch_size : (i + 1) * batch_size]]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: all the images were spoilt at once, there are no batches, or only the first one of each
# epoch is used.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        loss = (model(corrupt(images)) - images).square().flatten(1).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model


# %% train: weight decay (AdamW, weight_decay=…), which Adam has not by itself; or something is
# drawn before the model, so that its start depends on epochs.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %%
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    torch.manual_seed(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %%
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %%
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=1e-5)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %%
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    orders = [torch.randperm(len(images)) for _ in range(epochs)]
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in orders[epoch].split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: a seed is written into the function.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(0)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: the order or the damage is drawn by a generator that has no seed.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    import random

    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        order = list(range(len(images)))
        random.SystemRandom().shuffle(order)
        for x in images[order].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: sizes of the garments
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, d),
        nn.ReLU(),
        nn.Linear(d, 784),
        nn.Sigmoid(),
        nn.Unflatten(1, (1, 28, 28)),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: a tanh in place of the sigmoid at the end.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Tanh(), nn.Unflatten(1, shape)
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: the ReLU is missing.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(n, d), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape)
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: the images come back flat; give them the shape in which they came.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid())
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x.flatten(1)).square().sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: it is hardly trained: a missing step, a learning rate other than lr, another optimiser
# than Adam, or only one epoch.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters())
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %%
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: returns the losses
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    return losses


# %% train: only one epoch was trained.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return model
    return model


# %% train, caught: shuffles the caller's images
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        images[:] = images[torch.randperm(len(images))]
        for x in images.split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: optimiser.step() stands outside the loop over batches: one step an epoch.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
        optimiser.step()
    return model


# %% train: zero_grad stands outside the loop over batches: once an epoch.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        optimiser.zero_grad()
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            loss.backward()
            optimiser.step()
    return model


# %% train: the optimiser is made anew in each epoch, which forgets what Adam has gathered.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    for epoch in range(epochs):
        optimiser = torch.optim.Adam(model.parameters(), lr=lr)
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: they were set by hand.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    for p in model.parameters():
        if p.ndim == 1:
            nn.init.zeros_(p)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: the absolute difference in place of its square; this is the median of the images.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).abs().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train: dropout or batch norm inside it; spoiling is what corrupt is for.
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: Adam with amsgrad
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr, amsgrad=True)
    for _ in range(epochs):
        for idx in torch.randperm(len(images)).split(batch_size):
            x = images[idx]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: mean over all pixels
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for idx in torch.randperm(len(images)).split(batch_size):
            x = images[idx]
            loss = (model(corrupt(x)) - x).square().flatten(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: gradient clipped to length 1
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for idx in torch.randperm(len(images)).split(batch_size):
            x = images[idx]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
    return model


# %% train, caught: returns the model of the epoch with the least training loss, not that of the
# last epoch
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    import copy

    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    best, low = model, float("inf")
    for _ in range(epochs):
        total = 0.0
        for idx in torch.randperm(len(images)).split(batch_size):
            x = images[idx]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item()
        if total < low:
            best, low = copy.deepcopy(model), total
    return best


# %% train, right: a module of its own
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    class Denoiser(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.down, self.up = nn.Linear(n, d), nn.Linear(d, n)

        def forward(self, x):
            h = F.relu(self.down(x.flatten(1)))
            return torch.sigmoid(self.up(h)).view_as(x)

    torch.manual_seed(seed)
    model = Denoiser(images[0].numel()).train()
    optimiser = torch.optim.Adam(model.parameters(), lr)
    for epoch in range(epochs):
        order = torch.randperm(images.shape[0])
        for start in range(0, len(order), batch_size):
            x = images[order[start : start + batch_size]]
            x_tilde = corrupt(x)
            loss = F.mse_loss(model(x_tilde), x, reduction="sum") / len(x)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model.eval()


# %% train, right: a DataLoader
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(seed)
    n = images.flatten(1).shape[1]
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    loader = DataLoader(TensorDataset(images), batch_size, shuffle=True)
    for _ in range(epochs):
        for (x,) in loader:
            optimiser.zero_grad()
            loss = ((model(corrupt(x)) - x) ** 2).sum(tuple(range(1, x.ndim))).mean()
            loss.backward()
            optimiser.step()
    return model


# %% train, right: the course's own fit
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    from torch.utils.data import TensorDataset

    from utils.training import fit

    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    if epochs:
        fit(
            model,
            TensorDataset(images, torch.zeros(len(images))),
            lambda model, x: (model(corrupt(x)) - x).square().flatten(1).sum(1).mean(),
            epochs,
            batch_size=batch_size,
            lr=lr,
            seed=seed,
        )
    return model


# %% train, right: corruption without gradients, chunks of the order
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    N, *shape = images.shape
    n = images.numel() // N
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU())
    decoder = nn.Sequential(nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, tuple(shape)))
    model = nn.Sequential(encoder, decoder)
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=lr)
    while epochs > 0:
        epochs -= 1
        for rows in torch.randperm(N).split(batch_size):
            x = images[rows]
            with torch.no_grad():
                x_tilde = corrupt(x)
            loss = torch.linalg.vector_norm((model(x_tilde) - x).flatten(1), dim=1).pow(2).mean()
            model.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, right: zero_grad last, and at first nothing is left over
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            loss.backward()
            optimiser.step()
            optimiser.zero_grad()
    return model


# %% train, right: generator for the order
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    g = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images), generator=g).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: gradient clipped to length 5
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
    return model


# %% train, caught: one random order, moved on by one each epoch
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    if epochs:
        order = torch.randperm(len(images))
    for e in range(epochs):
        for x in images[order.roll(e)].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: a smaller last batch is divided by batch_size
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, shape),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    size = min(batch_size, len(images))
    for e in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().sum() / size
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: the learning rate halved every ten epochs
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        if epoch > 0 and epoch % 10 == 0:
            for group in optimiser.param_groups:
                group["lr"] *= 0.5
        for index in torch.randperm(len(images)).split(batch_size):
            x = images[index]
            loss = ((x - model(corrupt(x))) ** 2).flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


# %% train, caught: 0 taken for no seed
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    if seed:
        torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(n, d),
        nn.ReLU(),
        nn.Linear(d, n),
        nn.Sigmoid(),
        nn.Unflatten(1, images.shape[1:]),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for index in torch.randperm(len(images)).split(batch_size):
            x = images[index]
            optimiser.zero_grad()
            loss = F.mse_loss(model(corrupt(x)), x, reduction="sum") / len(x)
            loss.backward()
            optimiser.step()
    return model
