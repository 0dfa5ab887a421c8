# Answers to set 04 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex04-drop | wrong | never scaled | not scaled
def drop_pixels(x, keep, p, scaled=True):
    return x * keep

# %% ex04-drop | wrong | scale upside down | upside down
def drop_pixels(x, keep, p, scaled=True):
    return x * keep * (1 - p) if scaled else x * keep

# %% ex04-drop | wrong | p taken for the probability of keeping | staying visible
def drop_pixels(x, keep, p, scaled=True):
    return x * keep / p if scaled and p else x * keep

# %% ex04-drop | wrong | the factor 2 of the example | p = 1/2 only
def drop_pixels(x, keep, p, scaled=True):
    return x * keep * 2 if scaled else x * keep

# %% ex04-drop | wrong | keep read as drop | the wrong way round
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = x * (1 - keep)
    return x_tilde / (1 - p) if scaled else x_tilde

# %% ex04-drop | wrong | scaled not heeded | not heeded
def drop_pixels(x, keep, p, scaled=True):
    return x * keep / (1 - p)

# %% ex04-drop | wrong | scaled by the mask's own share | how many pixels this mask keeps
def drop_pixels(x, keep, p, scaled=True):
    return x * keep / keep.mean() if scaled else x * keep

# %% ex04-drop | wrong | scaled by each image's own share | in each image
def drop_pixels(x, keep, p, scaled=True):
    share = keep.flatten(1).mean(1).view(-1, *[1] * (x.ndim - 1))
    return x * keep / share if scaled else x * keep

# %% ex04-drop | wrong | dropped to black | made black
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = torch.where(keep > 0, x, -torch.ones_like(x))
    return torch.where(keep > 0, x_tilde / (1 - p), x_tilde) if scaled else x_tilde

# %% ex04-drop | wrong | in place | in place
def drop_pixels(x, keep, p, scaled=True):
    x[keep == 0] = 0
    return x / (1 - p) if scaled else x

# %% ex04-drop | wrong | multiplied in place | in place
def drop_pixels(x, keep, p, scaled=True):
    x *= keep
    return x / (1 - p) if scaled else x

# %% ex04-drop | wrong | draws a mask of its own | something is drawn
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = F.dropout(x, p)
    return x_tilde if scaled else x_tilde * (1 - p)

# %% ex04-drop | wrong | F.dropout on top of the mask | something is drawn
def drop_pixels(x, keep, p, scaled=True):
    return F.dropout(x * keep, p) if scaled else x * keep

# %% ex04-drop | wrong | nn.Dropout in evaluation mode | nothing was dropped
def drop_pixels(x, keep, p, scaled=True):
    x_tilde = nn.Dropout(p).eval()(x)
    return x_tilde / (1 - p) if scaled else x_tilde

# %% ex04-drop | wrong | returns the mask | this is the mask
def drop_pixels(x, keep, p, scaled=True):
    return keep / (1 - p) if scaled else keep

# %% ex04-drop | wrong | float64 through NumPy | torch.float64 came
def drop_pixels(x, keep, p, scaled=True):
    import numpy as np
    factor = np.array([1 / (1 - p)]) if scaled else np.ones(1)
    return torch.from_numpy(x.numpy() * keep.numpy() * factor)

# %% ex04-drop | wrong | scaled twice | came in twice
def drop_pixels(x, keep, p, scaled=True):
    if scaled:
        keep = keep / (1 - p)
        return x * keep / (1 - p)
    return x * keep

# %% ex04-drop | wrong | only visible values, flat | one long row
def drop_pixels(x, keep, p, scaled=True):
    out = x[keep == 1]
    return out / (1 - p) if scaled else out

# %% ex04-drop | wrong | clamped to (-1,1) | cut off at -1 and 1
def drop_pixels(x, keep, p, scaled=True):
    out = x * keep / (1 - p) if scaled else x * keep
    return out.clamp(-1, 1)

# %% ex04-drop | right | where
def drop_pixels(x, keep, p, scaled=True):
    visible = x / (1 - p) if scaled else x
    return torch.where(keep.bool(), visible, torch.zeros_like(x))

# %% ex04-drop | right | masked_fill
def drop_pixels(x, keep, p, scaled=True):
    factor = 1 / (1 - p) if scaled else 1.0
    return (factor * x).masked_fill(keep == 0, 0.0)

# %% ex04-drop | right | a scaled mask, as in the lecture
def drop_pixels(x, keep, p, scaled=True):
    mask = keep
    if scaled:
        mask = mask / (1 - p)
    return torch.mul(mask, x)

# %% ex04-drop | right | a copy, then in place
def drop_pixels(x, keep, p, scaled=True):
    out = x.clone()
    out[keep < 0.5] = 0
    if scaled:
        out /= 1 - p
    return out

# %% ex04-drop | right | a loop over the images
def drop_pixels(x, keep, p, scaled=True):
    return torch.stack([a * m / (1 - p if scaled else 1) for a, m in zip(x, keep)])

# %% ex04-drop | right | addcmul
def drop_pixels(x, keep, p, scaled=True):
    return torch.addcmul(torch.zeros_like(x), x, keep, value=1 / (1 - p) if scaled else 1)

# %% ex04-keep | wrong | p taken for the probability of keeping | being dropped
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) < p).float()

# %% ex04-keep | wrong | always one half | p was not used
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) > 0.5).float()

# %% ex04-keep | wrong | True and False | torch.float32 was expected
def draw_keep(shape, p, generator):
    return torch.rand(shape, generator=generator) >= p

# %% ex04-keep | wrong | integers | torch.float32 was expected
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) >= p).long()

# %% ex04-keep | wrong | scaled as nn.Dropout does | scaled already
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) >= p).float() / (1 - p)

# %% ex04-keep | wrong | the generator forgotten | global generator
def draw_keep(shape, p, generator):
    return (torch.rand(shape) >= p).float()

# %% ex04-keep | wrong | F.dropout, with the global generator | global generator
def draw_keep(shape, p, generator):
    return F.dropout(torch.ones(shape), p) * (1 - p)

# %% ex04-keep | wrong | the generator set back in each call | set back to a seed
def draw_keep(shape, p, generator):
    generator.manual_seed(generator.initial_seed())
    return (torch.rand(shape, generator=generator) >= p).float()

# %% ex04-keep | wrong | a seed of its own | set back to a seed
def draw_keep(shape, p, generator):
    generator.manual_seed(0)
    return (torch.rand(shape, generator=generator) >= p).float()

# %% ex04-keep | wrong | a new generator | set back to a seed
def draw_keep(shape, p, generator):
    g = torch.Generator().manual_seed(0)
    return (torch.rand(shape, generator=g) >= p).float()

# %% ex04-keep | wrong | one mask for all images | the same mask
def draw_keep(shape, p, generator):
    return (torch.rand(shape[1:], generator=generator) >= p).float().expand(shape).clone()

# %% ex04-keep | wrong | one mask for all channels | dimension 1 have the same mask
def draw_keep(shape, p, generator):
    one = torch.rand(shape[0], 1, *shape[2:], generator=generator) >= p
    return one.float().expand(shape).clone()

# %% ex04-keep | wrong | whole rows dropped | have the same mask
def draw_keep(shape, p, generator):
    return (torch.rand(*shape[:-1], 1, generator=generator) >= p).float().expand(shape).clone()

# %% ex04-keep | wrong | exactly the share p of each image | keeps exactly
def draw_keep(shape, p, generator):
    mask = torch.ones(shape).flatten(1)
    dropped = round(p * mask.shape[1])
    for row in mask:
        row[torch.randperm(len(row), generator=generator)[:dropped]] = 0
    return mask.view(shape)

# %% ex04-keep | wrong | a normal number in place of a uniform one | were dropped
def draw_keep(shape, p, generator):
    return (torch.randn(shape, generator=generator) >= p).float()

# %% ex04-keep | wrong | the uniform numbers themselves | only 0 and 1
def draw_keep(shape, p, generator):
    u = torch.rand(shape, generator=generator)
    return torch.where(u >= p, u, 0.0)

# %% ex04-keep | wrong | drop and keep confused in bernoulli | being dropped
def draw_keep(shape, p, generator):
    return torch.bernoulli(torch.full(shape, float(p)), generator=generator)

# %% ex04-keep | wrong | float64 | torch.float32 was expected
def draw_keep(shape, p, generator):
    return (torch.rand(shape, generator=generator) >= p).double()

# %% ex04-keep | wrong | exact share of the whole batch | Six masks
def draw_keep(shape, p, generator):
    n = torch.Size(shape).numel()
    mask = torch.ones(n)
    mask[torch.randperm(n, generator=generator)[:int(p * n)]] = 0
    return mask.view(shape)

# %% ex04-keep | wrong | blocks of two in the last dimension | Neighbours along dimension 3
def draw_keep(shape, p, generator):
    w = -(-shape[-1] // 2)
    m = (torch.rand(*shape[:-1], w, generator=generator) >= p).float()
    return m.repeat_interleave(2, -1)[..., :shape[-1]]

# %% ex04-keep | wrong | each image twice | different masks between them
def draw_keep(shape, p, generator):
    b = -(-shape[0] // 2)
    m = (torch.rand(b, *shape[1:], generator=generator) >= p).float()
    return torch.cat([m, m])[:shape[0]]

# %% ex04-keep | wrong | state put back | same mask again
def draw_keep(shape, p, generator):
    state = generator.get_state()
    m = (torch.rand(shape, generator=generator) >= p).float()
    generator.set_state(state)
    return m

# %% ex04-keep | right | bernoulli
def draw_keep(shape, p, generator):
    return torch.bernoulli(torch.full(shape, 1.0 - p), generator=generator)

# %% ex04-keep | right | bernoulli_ in place on a new tensor
def draw_keep(shape, p, generator):
    return torch.empty(shape).bernoulli_(1 - p, generator=generator)

# %% ex04-keep | right | ones and zeros by where
def draw_keep(shape, p, generator):
    u = torch.rand(*shape, generator=generator)
    return torch.where(u < p, torch.zeros(shape), torch.ones(shape))

# %% ex04-keep | right | keeps what is below 1 - p
def draw_keep(shape, p, generator):
    return torch.rand(shape, generator=generator).lt(1 - p).to(torch.float32)

# %% ex04-keep | right | image by image
def draw_keep(shape, p, generator):
    masks = [torch.rand(shape[1:], generator=generator) >= p for _ in range(shape[0])]
    return torch.stack(masks).float()

# %% ex04-keep | right | multinomial with two classes
def draw_keep(shape, p, generator):
    weights = torch.tensor([p, 1 - p])
    number = torch.Size(shape).numel()
    drawn = torch.multinomial(weights, number, replacement=True, generator=generator)
    return drawn.view(shape).float()

# %% ex04-keep | right | exponential
def draw_keep(shape, p, generator):
    import math
    return (torch.empty(shape).exponential_(generator=generator) >= -math.log(1 - p)).float()

# %% ex04-keep | right | numpy rng seeded by the generator
def draw_keep(shape, p, generator):
    import numpy as np
    rng = np.random.default_rng(torch.randint(2**31, (1,), generator=generator).item())
    return torch.from_numpy((rng.random(shape) >= p).astype(np.float32))

# %% ex04-step | wrong | against the spoilt images | against the spoilt images
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = corrupt(x.clone())
    loss = (model(x_tilde) - x_tilde).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | x overwritten by the spoilt images | against the spoilt images
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x = corrupt(x.clone())
    x_hat = model(x)
    loss = (x_hat - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | no corruption | the model was given the clean images
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(x) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | the target spoilt | swapped
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(x) - corrupt(x.clone())).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | target spoilt anew | corrupt was called 2 times
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - corrupt(x.clone())).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | zero_grad missing | zero_grad is missing
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | zero_grad last | zero_grad comes last
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    loss.backward()
    optimiser.step()
    optimiser.zero_grad()
    return loss.item()

# %% ex04-step | wrong | zero_grad between backward and step | never moved
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    loss.backward()
    optimiser.zero_grad(set_to_none=False)
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | the mean of torch | averaged over the pixels too
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = F.mse_loss(model(corrupt(x.clone())), x)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | summed over the images too | summed over the images too
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = ((model(corrupt(x.clone())) - x) ** 2).sum()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | one dimension only | expected
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = ((model(corrupt(x.clone())) - x) ** 2).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | mode left as it came | evaluation mode
def denoising_step(model, optimiser, corrupt, x):
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | put into evaluation mode | evaluation mode
def denoising_step(model, optimiser, corrupt, x):
    model.eval()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.train()
    return loss.item()

# %% ex04-step | wrong | the mode put back as it came | was left in evaluation mode
def denoising_step(model, optimiser, corrupt, x):
    before = model.training
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.train(before)
    return loss.item()

# %% ex04-step | wrong | x handed to a careless corrupt | give it a copy
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    clean = x.clone()
    loss = (model(corrupt(x)) - clean).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | no copy at all | Give corrupt a copy
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | spoils x itself | in place
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    clean = x.clone()
    x.copy_(corrupt(clean.clone()))
    loss = (model(x) - clean).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | the loss after the step | after the step
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = corrupt(x.clone())
    loss = (model(x_tilde) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return (model(x_tilde) - x).square().flatten(1).sum(1).mean().item()

# %% ex04-step | wrong | returns a tensor | .item()
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss

# %% ex04-step | wrong | an optimiser of its own | optimiser that was given
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    optimiser = torch.optim.Adam(model.parameters())
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | the answer detached | This happened in denoising_step
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone())).detach()
    loss = (x_hat - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | flattens what the model sees | This happened in denoising_step
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_hat = model(corrupt(x.clone()).flatten(1))
    loss = (x_hat - x.flatten(1)).square().sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | corrupt taken for a maker of masks | does not draw masks
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = x * corrupt(torch.ones_like(x))
    loss = (model(x_tilde) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | half the loss | a factor 1/2
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = 0.5 * (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | loss.item without parentheses | without the brackets
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item

# %% ex04-step | wrong | predicts the damage | with the damage
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    x_tilde = corrupt(x.clone())
    loss = (model(x_tilde) - (x_tilde - x)).square().flatten(1).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-step | wrong | own SGD step by hand with lr of the example | by hand
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
    grads = torch.autograd.grad(loss, list(model.parameters()))
    with torch.no_grad():
        for p, g in zip(model.parameters(), grads):
            p -= 0.1 * g
    return loss.item()

# %% ex04-step | right | mse_loss with its sum
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    optimiser.zero_grad()
    x_hat = model(corrupt(x.clone()))
    loss = F.mse_loss(x_hat, x, reduction="sum") / len(x)
    loss.backward()
    optimiser.step()
    return float(loss.detach())

# %% ex04-step | right | the clean images kept, a copy spoilt
def denoising_step(model, optimiser, corrupt, x):
    clean, x_tilde = x, corrupt(torch.clone(x))
    optimiser.zero_grad(set_to_none=False)
    model.train(True)
    difference = (clean - model(x_tilde)).reshape(len(x), -1)
    loss = torch.einsum("bn,bn->b", difference, difference).mean()
    loss.backward()
    optimiser.step()
    return loss.tolist()

# %% ex04-step | right | gradients by hand
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

# %% ex04-step | right | a loop over the images for the loss
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

# %% ex04-step | right | closure
def denoising_step(model, optimiser, corrupt, x):
    model.train()
    def closure():
        optimiser.zero_grad()
        loss = (model(corrupt(x.clone())) - x).square().flatten(1).sum(1).mean()
        loss.backward()
        return loss
    return optimiser.step(closure).item()

# %% ex04-step | right | model.zero_grad
def denoising_step(model, optimiser, corrupt, x):
    model.train(True)
    model.zero_grad()
    e = (x - model(corrupt(torch.clone(x)))).reshape(len(x), -1)
    loss = torch.einsum("bn,bn->", e, e) / x.shape[0]
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex04-restore | wrong | all the model's pixels | have to be put back
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    return x_hat

# %% ex04-restore | wrong | not scaled for the model | unscaled
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | scale upside down | upside down
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) * (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | the factor 2 of the lecture | p = 1/2 only
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, 2 * x, 0.0))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | the model sees what stands at the missing pixels | what stands at the missing pixels
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(x / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | the visible ones come back scaled | come back scaled
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    x_tilde = torch.where(keep > 0, x, 0.0) / (1 - p)
    with torch.no_grad():
        x_hat = model(x_tilde)
    model.train(was)
    return torch.where(keep > 0, x_tilde, x_hat)

# %% ex04-restore | wrong | where the wrong way round | the wrong way round in the result
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x_hat, x)

# %% ex04-restore | wrong | multiplied by masks | 0 times nan
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(x * keep / (1 - p))
    model.train(was)
    return x * keep + x_hat * (1 - keep)

# %% ex04-restore | wrong | where only in the result | 0 times nan
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(x * keep / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | training mode left on | run in training mode
def restore(model, x, keep, p):
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | left in evaluation mode | put it back
def restore(model, x, keep, p):
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | always put into training mode | put it back
def restore(model, x, keep, p):
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train()
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | with the graph | hangs on the graph
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | writes into x | in place
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x, 0.0) / (1 - p))
    model.train(was)
    x[keep == 0] = x_hat[keep == 0]
    return x

# %% ex04-restore | wrong | scaled and scaled back | not exactly
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    x_tilde = torch.where(keep > 0, x, 0.0) / (1 - p) * 1.0001
    with torch.no_grad():
        x_hat = model(x_tilde / 1.0001)
    model.train(was)
    return torch.where(keep > 0, x_tilde * (1 - p) / 1.0001, x_hat)

# %% ex04-restore | wrong | zeros for what is missing | still missing
def restore(model, x, keep, p):
    return torch.where(keep > 0, x, 0.0)

# %% ex04-restore | wrong | missing is what is 0 | visible 0 was taken for missing
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    x = torch.where(keep > 0, x, 0.0)
    with torch.no_grad():
        x_hat = model(x / (1 - p))
    model.train(before)
    return torch.where(x != 0, x, x_hat)

# %% ex04-restore | wrong | only no_grad, freezes the parameters | no longer be trained
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    for q in model.parameters():
        q.requires_grad_(False)
    x_hat = model(torch.where(keep > 0, x / (1 - p), 0.0))
    model.train(before)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | training flag alone | a layer inside the model
def restore(model, x, keep, p):
    before = model.training
    model.training = False
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x / (1 - p), 0.0))
    model.training = before
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | missing is what is nan | not whether x is nan
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    missing = x.isnan()
    with torch.no_grad():
        x_hat = model(torch.where(missing, 0.0, x / (1 - p)))
    model.train(before)
    return torch.where(missing, x_hat, x)

# %% ex04-restore | wrong | answer scaled back | was scaled back
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x / (1 - p), 0.0)) * (1 - p)
    model.train(before)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | wrong | scale from the mask | how many pixels keep leaves visible
def restore(model, x, keep, p):
    before = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(torch.where(keep > 0, x / keep.mean(), 0.0))
    model.train(before)
    return torch.where(keep > 0, x, x_hat)

# %% ex04-restore | right | a copy filled in
def restore(model, x, keep, p):
    was, missing = model.training, keep == 0
    model.eval()
    with torch.no_grad():
        result = x.clone()
        result[missing] = 0
        result[missing] = model(result / (1 - p))[missing]
    model.train(was)
    return result

# %% ex04-restore | right | nan_to_num, then masks
def restore(model, x, keep, p):
    was = model.training
    model.eval()
    known = x.masked_fill(keep == 0, 0)
    result = known + (1 - keep) * model(known / (1 - p)).detach()
    model.train(was)
    return result

# %% ex04-restore | right | try and finally
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

# %% ex04-restore | right | image by image
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

# %% ex04-restore | right | decorator
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

# %% ex04-restore | right | a deep copy in evaluation mode
def restore(model, x, keep, p):
    import copy
    twin = copy.deepcopy(model).eval()
    with torch.inference_mode():
        x_hat = twin(x.masked_fill(keep == 0, 0) / (1 - p))
    return torch.where(keep == 1, x, x_hat)

# %% ex04-psnr | wrong | range taken to be 1 | taken to be 1
def psnr(x, x_hat, value_range):
    return -10 * (x - x_hat).square().flatten(1).mean(1).log10()

# %% ex04-psnr | wrong | range taken to be 2 | taken to be 2
def psnr(x, x_hat, value_range):
    return 10 * (4 / (x - x_hat).square().flatten(1).mean(1)).log10()

# %% ex04-psnr | wrong | high alone | high alone
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x - x_hat).square().flatten(1).mean(1)
    return 10 * torch.log10(high**2 / mse)

# %% ex04-psnr | wrong | width not squared | not squared
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) / (x - x_hat).square().flatten(1).mean(1))

# %% ex04-psnr | wrong | summed over the pixels | the MSE is their mean
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).sum(1))

# %% ex04-psnr | wrong | natural logarithm | natural logarithm
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))

# %% ex04-psnr | wrong | 20 with squares | 20 in place of 10
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 20 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))

# %% ex04-psnr | wrong | 10 with roots | ratio without squares
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) / (x - x_hat).square().flatten(1).mean(1).sqrt())

# %% ex04-psnr | wrong | fraction upside down | upside down
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((x - x_hat).square().flatten(1).mean(1) / (high - low) ** 2)

# %% ex04-psnr | wrong | one value for the batch | over the images too
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / F.mse_loss(x_hat, x))

# %% ex04-psnr | wrong | averaged at once | averaged over the images
def psnr(x, x_hat, value_range):
    low, high = value_range
    return (10 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))).mean()

# %% ex04-psnr | wrong | last dimension only | only the last dimension
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / (x - x_hat).square().mean(-1))

# %% ex04-psnr | wrong | peak from the image | value_range says
def psnr(x, x_hat, value_range):
    return 10 * torch.log10((x.max() - x.min()) ** 2 / (x - x_hat).square().flatten(1).mean(1))

# %% ex04-psnr | wrong | a small number in the MSE | small number
def psnr(x, x_hat, value_range):
    low, high = value_range
    return 10 * torch.log10((high - low) ** 2 / ((x - x_hat).square().flatten(1).mean(1) + 1e-8))

# %% ex04-psnr | wrong | exact images at 100 dB | inf was expected
def psnr(x, x_hat, value_range):
    low, high = value_range
    db = 10 * torch.log10((high - low) ** 2 / (x - x_hat).square().flatten(1).mean(1))
    return db.clamp(max=100)

# %% ex04-psnr | wrong | a list | a tensor was expected
def psnr(x, x_hat, value_range):
    low, high = value_range
    errors = (x - x_hat).square().flatten(1).mean(1)
    return [10 * torch.log10((high - low) ** 2 / e).item() for e in errors]

# %% ex04-psnr | wrong | float64 | torch.float64 came
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x.double() - x_hat.double()).square().flatten(1).mean(1)
    return 10 * torch.log10((high - low) ** 2 / mse)

# %% ex04-psnr | wrong | in place | in place
def psnr(x, x_hat, value_range):
    low, high = value_range
    x_hat -= x
    return 10 * torch.log10((high - low) ** 2 / x_hat.square().flatten(1).mean(1))

# %% ex04-psnr | wrong | batch and pixels of the example | expected
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = (x - x_hat).square().reshape(2, -1).mean(1)
    return 10 * torch.log10((high - low) ** 2 / mse)

# %% ex04-psnr | wrong | clamps x_hat to the range | cut off at the ends of the range
def psnr(x, x_hat, value_range):
    mse = (x - x_hat.clamp(*value_range)).square().flatten(1).mean(1)
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)

# %% ex04-psnr | wrong | squeeze | do without squeeze
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).square().flatten(1).mean(1)
    return (10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)).squeeze()

# %% ex04-psnr | wrong | var of the difference | variance of the difference
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).flatten(1).var(1)
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)

# %% ex04-psnr | wrong | mean of logs over pixels | each pixel had its own decibels
def psnr(x, x_hat, value_range):
    e = (x - x_hat).square().flatten(1)
    return (10 * torch.log10((value_range[1] - value_range[0]) ** 2 / e)).mean(1)

# %% ex04-psnr | wrong | operator precedence | squared as a whole
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).square().flatten(1).mean(1)
    return 10 * torch.log10(value_range[1] - value_range[0] ** 2 / mse)

# %% ex04-psnr | wrong | if any exact, all inf | made all of them exact
def psnr(x, x_hat, value_range):
    mse = (x - x_hat).square().flatten(1).mean(1)
    if (mse == 0).any():
        return torch.full_like(mse, float("inf"))
    return 10 * torch.log10((value_range[1] - value_range[0]) ** 2 / mse)

# %% ex04-psnr | right | 20 log10 of widths
def psnr(x, x_hat, value_range):
    rmse = (x - x_hat).flatten(1).square().mean(dim=1).sqrt()
    return 20 * torch.log10((value_range[1] - value_range[0]) / rmse)

# %% ex04-psnr | right | a loop
def psnr(x, x_hat, value_range):
    low, high = value_range
    values = [10 * torch.log10((high - low) ** 2 / F.mse_loss(b, a)) for a, b in zip(x, x_hat)]
    return torch.stack(values)

# %% ex04-psnr | right | pixels brought to (0, 1) first
def psnr(x, x_hat, value_range):
    low, high = value_range
    a, b = (x - low) / (high - low), (x_hat - low) / (high - low)
    return -10 * torch.log10((a - b).pow(2).mean(dim=tuple(range(1, x.ndim))))

# %% ex04-psnr | right | einsum and a difference of logarithms
def psnr(x, x_hat, value_range):
    import math
    d = (x - x_hat).reshape(len(x), -1)
    mse = torch.einsum("bn,bn->b", d, d) / d.shape[1]
    return 20 * math.log10(value_range[1] - value_range[0]) - 10 * torch.log10(mse)

# %% ex04-psnr | right | mse_loss without reduction
def psnr(x, x_hat, value_range):
    low, high = value_range
    mse = F.mse_loss(x_hat, x, reduction="none").flatten(1).mean(1)
    return 10 * ((high - low) ** 2 / mse).log() / torch.tensor(10.0).log()

# %% ex04-psnr | right | vmap
def psnr(x, x_hat, value_range):
    width = max(value_range) - min(value_range)
    return torch.vmap(lambda a, b: 10 * torch.log10(width**2 / (a - b).square().mean()))(x, x_hat)

# %% ex04-average | wrong | exact ones in the mean | makes it infinite
def average_db(values):
    return values.mean().item(), int(values.isinf().sum())

# %% ex04-average | wrong | divided by all | divided by all the images
def average_db(values):
    exact = values.isinf()
    if exact.all():
        return float("inf"), len(values)
    return torch.where(exact, 0.0, values).sum().item() / len(values), int(exact.sum())

# %% ex04-average | wrong | PSNR of the mean error | PSNR of the mean error
def average_db(values):
    exact = values.isinf()
    if exact.all():
        return float("inf"), len(values)
    errors = 10 ** (-values[~exact] / 10)
    return -10 * errors.mean().log10().item(), int(exact.sum())

# %% ex04-average | wrong | PSNR of the mean error of all | exact images included
def average_db(values):
    errors = 10 ** (-values / 10)
    return -10 * errors.mean().log10().item(), int(values.isinf().sum())

# %% ex04-average | wrong | nan where all are exact | is nan
def average_db(values):
    exact = values.isinf()
    return values[~exact].mean().item(), int(exact.sum())

# %% ex04-average | wrong | median | median
def average_db(values):
    exact = values.isinf()
    if exact.all():
        return float("inf"), len(values)
    return values[~exact].median().item(), int(exact.sum())

# %% ex04-average | wrong | the pair the wrong way round | wrong way round
def average_db(values):
    exact = values.isinf()
    mean = values[~exact].mean().item() if not exact.all() else float("inf")
    return int(exact.sum()), mean

# %% ex04-average | wrong | the mean alone | The pair
def average_db(values):
    return values[values.isfinite()].mean().item()

# %% ex04-average | wrong | counts those that are not exact | not exact were counted
def average_db(values):
    fine = values.isfinite()
    mean = values[fine].mean().item() if fine.any() else float("inf")
    return mean, int(fine.sum())

# %% ex04-average | wrong | the number as a tensor | Python int was expected
def average_db(values):
    exact = values.isinf()
    mean = values[~exact].mean().item() if not exact.all() else float("inf")
    return mean, exact.sum()

# %% ex04-average | wrong | the mean as a tensor | .item()
def average_db(values):
    exact = values.isinf()
    mean = values[~exact].mean() if not exact.all() else float("inf")
    return mean, int(exact.sum())

# %% ex04-average | wrong | exact ones as 100 dB | 100 dB
def average_db(values):
    return values.clamp(max=100).mean().item(), int(values.isinf().sum())

# %% ex04-average | wrong | exact from 100 dB on | only inf is exact
def average_db(values):
    exact = values >= 100
    mean = values[~exact].mean().item() if not exact.all() else float("inf")
    return mean, int(exact.sum())

# %% ex04-average | wrong | zeros written into the input | in place
def average_db(values):
    exact = values.isinf()
    number = int(exact.sum())
    values[exact] = 0
    left = len(values) - number
    return (values.sum().item() / left if left else float("inf")), number

# %% ex04-average | wrong | mean of unique values | expected
def average_db(values):
    u = values.unique()
    u = u[~u.isinf()]
    return (u.mean().item() if len(u) else float("inf")), int(values.isinf().sum())

# %% ex04-average | wrong | zero where all are exact | a sum over no images is 0
def average_db(values):
    good = values[~values.isinf()]
    return (good.mean().item() if len(good) else 0.0), int(values.isinf().sum())

# %% ex04-average | wrong | the best ones count as exact | largest value was taken to be exact
def average_db(values):
    exact = values == values.max()
    return (values[~exact].mean().item() if not exact.all() else float("inf")), int(exact.sum())

# %% ex04-average | right | plain Python
def average_db(values):
    finite = [v for v in values.tolist() if v != float("inf")]
    mean = sum(finite) / len(finite) if finite else float("inf")
    return mean, len(values) - len(finite)

# %% ex04-average | right | nanmean
def average_db(values):
    exact = int(torch.isinf(values).sum().item())
    if exact == values.numel():
        return float("inf"), exact
    return torch.nanmean(values.masked_fill(values.isinf(), float("nan"))).item(), exact

# %% ex04-average | right | NumPy
def average_db(values):
    import numpy as np
    v = values.numpy()
    fine = np.isfinite(v)
    return (float(v[fine].mean()) if fine.any() else np.inf), int((~fine).sum())

# %% ex04-average | right | a list of two
def average_db(values):
    rest = values[values < float("inf")]
    return [float(rest.sum() / len(rest)) if len(rest) else float("inf"), len(values) - len(rest)]

# %% ex04-average | right | try / except
def average_db(values):
    import math
    good = [v for v in values.tolist() if not math.isinf(v)]
    try:
        mean = math.fsum(good) / len(good)
    except ZeroDivisionError:
        mean = math.inf
    return mean, len(values) - len(good)

# %% ex04-best | wrong | the 2 missing | the 2 in 2 sigma
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / sigma**2, dim=1) @ points

# %% ex04-best | wrong | sigma not squared | sigma was not squared
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma), dim=1) @ points

# %% ex04-best | wrong | no sigma | sigma was not used
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared, dim=1) @ points

# %% ex04-best | wrong | precedence: divided by 2, times sigma squared | it divides
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / 2 * sigma**2, dim=1) @ points

# %% ex04-best | wrong | distances not squared | not squared
def best_denoiser(x_tilde, points, sigma):
    return torch.softmax(-torch.cdist(x_tilde, points) / (2 * sigma**2), dim=1) @ points

# %% ex04-best | wrong | mean over the coordinates | averaged over the coordinates
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().mean(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1) @ points

# %% ex04-best | wrong | no minus | minus
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(squared / (2 * sigma**2), dim=1) @ points

# %% ex04-best | wrong | softmax over the images | over the images
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=0) @ points

# %% ex04-best | wrong | weights not normalised | do not add up to 1
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.exp(-squared / (2 * sigma**2)) @ points

# %% ex04-best | wrong | the nearest point | nearest point
def best_denoiser(x_tilde, points, sigma):
    return points[torch.cdist(x_tilde, points).argmin(1)]

# %% ex04-best | wrong | 0 over 0 far away | Take the largest exponent away
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    weights = torch.exp(-squared / (2 * sigma**2))
    return weights @ points / weights.sum(1, keepdim=True)

# %% ex04-best | wrong | a small number against 0 over 0 | Take the largest exponent away
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    weights = torch.exp(-squared / (2 * sigma**2))
    return weights @ points / (weights.sum(1, keepdim=True) + 1e-12)

# %% ex04-best | wrong | returns the step | this is the step
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1) @ points - x_tilde

# %% ex04-best | wrong | returns the weights | these are the weights
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1)

# %% ex04-best | wrong | images and points paired up | This happened in best_denoiser
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde - points).square().sum(1)
    return torch.softmax(-squared / (2 * sigma**2), dim=0) @ points

# %% ex04-best | wrong | float64 | torch.float64 came
def best_denoiser(x_tilde, points, sigma):
    x_tilde, points = x_tilde.double(), points.double()
    squared = (x_tilde[:, None] - points).square().sum(2)
    return torch.softmax(-squared / (2 * sigma**2), dim=1) @ points

# %% ex04-best | wrong | in place | in place
def best_denoiser(x_tilde, points, sigma):
    squared = (x_tilde[:, None] - points).square().sum(2)
    x_tilde[:] = torch.softmax(-squared / (2 * sigma**2), dim=1) @ points
    return x_tilde

# %% ex04-best | wrong | each coordinate on its own | weights of its own
def best_denoiser(x_tilde, points, sigma):
    e = -(x_tilde[:, None] - points).square() / (2 * sigma**2)
    return (torch.softmax(e, 1) * points).sum(1)

# %% ex04-best | wrong | the 2 squared along with sigma | squared along with sigma
def best_denoiser(x_tilde, points, sigma):
    e = -(x_tilde[:, None] - points).square().sum(2) / (2 * sigma) ** 2
    return torch.softmax(e, 1) @ points

# %% ex04-best | wrong | exponents clamped | the exponents were cut off
def best_denoiser(x_tilde, points, sigma):
    e = (-(x_tilde[:, None] - points).square().sum(2) / (2 * sigma**2)).clamp(min=-80)
    w = e.exp()
    return (w / w.sum(1, keepdim=True)) @ points

# %% ex04-best | wrong | softmax of densities | given the densities
def best_denoiser(x_tilde, points, sigma):
    w = (-(x_tilde[:, None] - points).square().sum(2) / (2 * sigma**2)).exp()
    return torch.softmax(w, 1) @ points

# %% ex04-best | right | cdist
def best_denoiser(x_tilde, points, sigma):
    return F.softmax(-0.5 * (torch.cdist(x_tilde, points) / sigma) ** 2, dim=-1) @ points

# %% ex04-best | right | a loop over the spoilt points
def best_denoiser(x_tilde, points, sigma):
    rows = []
    for y in x_tilde:
        e = -((y - points) ** 2).sum(1) / (2 * sigma**2)
        w = torch.exp(e - e.max())
        rows.append((w[:, None] * points).sum(0) / w.sum())
    return torch.stack(rows)

# %% ex04-best | right | torch.distributions and logsumexp
def best_denoiser(x_tilde, points, sigma):
    density = torch.distributions.Normal(points, sigma)
    log_p = density.log_prob(x_tilde[:, None]).sum(2)
    weights = (log_p - log_p.logsumexp(1, keepdim=True)).exp()
    return torch.einsum("bN,Nn->bn", weights, points)

# %% ex04-best | right | scores of dot products, the common term left out
def best_denoiser(x_tilde, points, sigma):
    e = (x_tilde @ points.T - points.square().sum(1) / 2) / sigma**2
    return e.softmax(1) @ points

# %% ex04-best | right | in double precision and back
def best_denoiser(x_tilde, points, sigma):
    y, x = x_tilde.double(), points.double()
    e = -(y.unsqueeze(1) - x.unsqueeze(0)).pow(2).sum(-1) / (2 * sigma * sigma)
    return (e.softmax(-1) @ x).to(points.dtype)

# %% ex04-best | right | Normal, summed
def best_denoiser(x_tilde, points, sigma):
    logp = torch.distributions.Normal(points, sigma).log_prob(x_tilde.unsqueeze(1)).sum(-1)
    return torch.einsum("bN,Nn->bn", logp.softmax(-1), points)

# %% ex04-best | right | autograd of the log density: Tweedie
def best_denoiser(x_tilde, points, sigma):
    x = x_tilde.detach().clone().requires_grad_()
    with torch.enable_grad():
        logp = torch.logsumexp(-(x[:, None] - points).square().sum(2) / (2 * sigma**2), 1)
        score = torch.autograd.grad(logp.sum(), x)[0]
    return x_tilde + sigma**2 * score

# %% ex04-field | wrong | sign of the step | wrong way round
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = grid - denoiser(grid.flatten(0, 1)).view_as(grid)
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | x_hat in place of the step | take x away
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid)
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | cartesian_prod seen as (H, W) | wrong order
def step_field(denoiser, x1, x2, sigma):
    plane = torch.cartesian_prod(x1, x2)
    with torch.no_grad():
        step = (denoiser(plane) - plane).view(len(x2), len(x1), 2)
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | meshgrid with indexing ij | rows and columns are swapped
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="ij"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | coordinates swapped within a point | swapped within a point
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x2, x1, indexing="ij"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | components first | belong last
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"))
    with torch.no_grad():
        step = denoiser(grid.flatten(1).T).T.view_as(grid) - grid
    return step, step.norm(dim=0), step / sigma**2

# %% ex04-field | wrong | one long list | one long list
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1).flatten(0, 1)
    with torch.no_grad():
        step = denoiser(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | with the graph | hangs on the graph
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | squared distance | a root is missing
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.square().sum(-1), step / sigma**2

# %% ex04-field | wrong | sum of absolute values | Euclidean
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.abs().sum(-1), step / sigma**2

# %% ex04-field | wrong | one distance for all | a single length
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(), step / sigma**2

# %% ex04-field | wrong | divided by sigma | divided by sigma
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma

# %% ex04-field | wrong | divided by 2 sigma squared | there is no 2
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / (2 * sigma**2)

# %% ex04-field | wrong | multiplied by sigma squared | has to be divided
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step * sigma**2

# %% ex04-field | wrong | the distance is that of the score | length of the score
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    score = step / sigma**2
    return step, score.norm(dim=-1), score

# %% ex04-field | wrong | the steps alone | The triple
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        return denoiser(grid.flatten(0, 1)).view_as(grid) - grid

# %% ex04-field | wrong | float64 through NumPy | torch.float64 came
def step_field(denoiser, x1, x2, sigma):
    import numpy as np
    a, b = np.meshgrid(x1.numpy(), x2.numpy())
    grid = torch.from_numpy(np.stack([a, b], -1))
    with torch.no_grad():
        step = denoiser(grid.view(-1, 2)).view_as(grid) - grid
    step = step.double()
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | the size of a square grid | This happened in step_field
def step_field(denoiser, x1, x2, sigma):
    n = len(x1)
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), dim=-1)
    with torch.no_grad():
        step = denoiser(grid.view(-1, 2)).view(n, n, 2) - grid
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | denoiser given the grid as (H, W, 2) | a list of points
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), -1)
    with torch.no_grad():
        step = denoiser(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | an evenly spaced grid of its own | in even steps
def step_field(denoiser, x1, x2, sigma):
    a = torch.linspace(x1.min().item(), x1.max().item(), len(x1))
    b = torch.linspace(x2.min().item(), x2.max().item(), len(x2))
    grid = torch.stack(torch.meshgrid(a, b, indexing="xy"), -1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=-1), step / sigma**2

# %% ex04-field | wrong | norm over the wrong dimension | over the columns of the grid
def step_field(denoiser, x1, x2, sigma):
    grid = torch.stack(torch.meshgrid(x1, x2, indexing="xy"), -1)
    with torch.no_grad():
        step = denoiser(grid.flatten(0, 1)).view_as(grid) - grid
    return step, step.norm(dim=1), step / sigma**2

# %% ex04-field | right | cartesian_prod, turned round
def step_field(denoiser, x1, x2, sigma):
    plane = torch.cartesian_prod(x1, x2)
    with torch.no_grad():
        step = (denoiser(plane) - plane).view(len(x1), len(x2), 2).transpose(0, 1)
    return step, torch.linalg.vector_norm(step, dim=2), step / sigma**2

# %% ex04-field | right | two loops
def step_field(denoiser, x1, x2, sigma):
    step = torch.zeros(len(x2), len(x1), 2)
    for i, b in enumerate(x2):
        for j, a in enumerate(x1):
            x = torch.stack([a, b])[None]
            step[i, j] = (denoiser(x) - x)[0].detach()
    return step, (step[..., 0] ** 2 + step[..., 1] ** 2).sqrt(), step / (sigma * sigma)

# %% ex04-field | right | expand, and a dict's worth of detach
def step_field(denoiser, x1, x2, sigma):
    H, W = len(x2), len(x1)
    grid = torch.empty(H, W, 2)
    grid[..., 0] = x1
    grid[..., 1] = x2[:, None]
    step = (denoiser(grid.reshape(H * W, 2)) - grid.reshape(H * W, 2)).detach().reshape(H, W, 2)
    return [step, torch.hypot(step[..., 0], step[..., 1]), step.div(sigma).div(sigma)]

# %% ex04-field | right | row by row
@torch.no_grad()
def step_field(denoiser, x1, x2, sigma):
    rows = []
    for b in x2:
        line = torch.stack([x1, b.expand_as(x1)], 1)
        rows.append(denoiser(line) - line)
    step = torch.stack(rows)
    return step, step.square().sum(2).sqrt(), step * sigma**-2

# %% ex04-field | right | point by point, one row batches
def step_field(denoiser, x1, x2, sigma):
    H, W = len(x2), len(x1)
    step = torch.empty(H, W, 2)
    with torch.no_grad():
        for i in range(H):
            for j in range(W):
                pt = torch.tensor([[x1[j], x2[i]]])
                step[i, j] = (denoiser(pt) - pt)[0]
    return step, (step**2).sum(2)**0.5, step * sigma**-2

# %% ex04-train | wrong | trained against the spoilt images | against the spoilt images
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            x = corrupt(x)
            loss = (model(x) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | nothing spoilt | not as a denoiser
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(x) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | spoilt once, before the loops | spoilt once
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    spoilt = corrupt(images)
    for _ in range(epochs):
        for rows in torch.randperm(len(images)).split(batch_size):
            loss = (model(spoilt[rows]) - images[rows]).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | zero_grad missing | zero_grad is missing
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | no random order | in the order in which they stand
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images.split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | one order for all epochs | Two epochs had the same order
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    batches = images[torch.randperm(len(images))].split(batch_size)
    for _ in range(epochs):
        for x in batches:
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | the seed set in each epoch | Two epochs had the same order
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        torch.manual_seed(seed)
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | drawn with repetition | with repetition
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randint(len(images), (len(images),))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | the last batch left out | was left out
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for i in range(len(images) // batch_size):
            x = images[order[i * batch_size:(i + 1) * batch_size]]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | no batches | no batches
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        loss = (model(corrupt(images)) - images).square().flatten(1).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model

# %% ex04-train | wrong | no seed | torch.manual_seed(seed) is missing
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | the seed after the model | comes after the model
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    torch.manual_seed(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | seed 0 whatever is asked for | a seed is written into
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(0)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | an order without a seed | generator that has no seed
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    import random
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
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

# %% ex04-train | wrong | sizes of the garments | trainable numbers
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, d), nn.ReLU(), nn.Linear(d, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | tanh at the output | tanh in place of the sigmoid
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Tanh(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | no ReLU | the ReLU is missing
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | images come back flat | come back flat
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

# %% ex04-train | wrong | lr not handed on | hardly
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters())
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | returns the losses | trained model was expected
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
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

# %% ex04-train | wrong | return inside the loop | only one epoch was trained
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return model
    return model

# %% ex04-train | wrong | SGD | another optimiser
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | shuffles the caller's images | in place
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    shape = images.shape[1:]
    n = shape.numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, shape))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        images[:] = images[torch.randperm(len(images))]
        for x in images.split(batch_size):
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | AdamW | weight decay
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | a little weight decay | weight decay
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=1e-5)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | step outside the loop over batches | stands outside the loop
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
        optimiser.step()
    return model

# %% ex04-train | wrong | zero_grad once an epoch | zero_grad stands outside
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        optimiser.zero_grad()
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | optimiser anew each epoch | made anew in each epoch
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    for epoch in range(epochs):
        optimiser = torch.optim.Adam(model.parameters(), lr=lr)
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | zero biases | set by hand
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
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

# %% ex04-train | wrong | L1 | absolute difference
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).abs().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | dropout in the model | dropout or batch norm
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | wrong | all orders drawn before the model | drawn before the model
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    orders = [torch.randperm(len(images)) for _ in range(epochs)]
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in orders[epoch].split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | right | a module of its own
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
            x = images[order[start:start + batch_size]]
            x_tilde = corrupt(x)
            loss = F.mse_loss(model(x_tilde), x, reduction="sum") / len(x)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model.eval()

# %% ex04-train | right | a DataLoader
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(seed)
    n = images.flatten(1).shape[1]
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    loader = DataLoader(TensorDataset(images), batch_size, shuffle=True)
    for _ in range(epochs):
        for (x,) in loader:
            optimiser.zero_grad()
            loss = ((model(corrupt(x)) - x) ** 2).sum(tuple(range(1, x.ndim))).mean()
            loss.backward()
            optimiser.step()
    return model

# %% ex04-train | right | the course's own fit
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    from torch.utils.data import TensorDataset
    from utils.training import fit

    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(), nn.Unflatten(1, images.shape[1:]))
    if epochs:
        fit(model, TensorDataset(images, torch.zeros(len(images))),
            lambda model, x: (model(corrupt(x)) - x).square().flatten(1).sum(1).mean(),
            epochs, batch_size=batch_size, lr=lr, seed=seed)
    return model

# %% ex04-train | right | corruption without gradients, chunks of the order
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

# %% ex04-train | right | zero_grad last, and at first nothing is left over
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch]
            loss = (model(corrupt(x)) - x).square().flatten(1).sum(1).mean()
            loss.backward()
            optimiser.step()
            optimiser.zero_grad()
    return model

# %% ex04-train | right | generator for the order
def train_denoiser(images, d, corrupt, epochs, seed, lr=1e-3, batch_size=64):
    torch.manual_seed(seed)
    n = images[0].numel()
    model = nn.Sequential(nn.Flatten(), nn.Linear(n, d), nn.ReLU(), nn.Linear(d, n), nn.Sigmoid(),
                          nn.Unflatten(1, images.shape[1:]))
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

# %% ex04-compare | wrong | judged on the training images | that they were trained on
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(training, d, s), training) for s in seeds) / len(seeds) for d in sizes}

# %% ex04-compare | wrong | trained on the held-out images | no longer held out
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(held_out, d, s), held_out) for s in seeds) / len(seeds) for d in sizes}

# %% ex04-compare | wrong | the two sets swapped | training and held_out are swapped
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(held_out, d, s), training) for s in seeds) / len(seeds) for d in sizes}

# %% ex04-compare | wrong | the first seed alone | the first seed alone
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: score(train_one(training, d, seeds[0]), held_out) for d in sizes}

# %% ex04-compare | wrong | scores overwritten | the last seed alone
def compare(train_one, score, training, held_out, sizes, seeds):
    result = {}
    for d in sizes:
        for seed in seeds:
            result[d] = score(train_one(training, d, seed), held_out)
    return result

# %% ex04-compare | wrong | the best seed | best seed
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: max(score(train_one(training, d, s), held_out) for s in seeds) for d in sizes}

# %% ex04-compare | wrong | the sum | this is the sum
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(training, d, s), held_out) for s in seeds) for d in sizes}

# %% ex04-compare | wrong | one list for all sizes | not emptied
def compare(train_one, score, training, held_out, sizes, seeds):
    result, scores = {}, []
    for d in sizes:
        for seed in seeds:
            scores.append(score(train_one(training, d, seed), held_out))
        result[d] = sum(scores) / len(scores)
    return result

# %% ex04-compare | wrong | trained twice for one score | models were trained
def compare(train_one, score, training, held_out, sizes, seeds):
    result = {}
    for d in sizes:
        for seed in seeds:
            train_one(training, d, seed)
        result[d] = sum(score(train_one(training, d, s), held_out) for s in seeds) / len(seeds)
    return result

# %% ex04-compare | wrong | seed and size swapped | expected
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(training, s, d), held_out) for s in seeds) / len(seeds) for d in sizes}

# %% ex04-compare | wrong | sizes as text | The keys of the dict
def compare(train_one, score, training, held_out, sizes, seeds):
    return {f"d = {d}": sum(score(train_one(training, d, s), held_out) for s in seeds) / len(seeds) for d in sizes}

# %% ex04-compare | wrong | a list | A dict was expected
def compare(train_one, score, training, held_out, sizes, seeds):
    return [sum(score(train_one(training, d, s), held_out) for s in seeds) / len(seeds) for d in sizes]

# %% ex04-compare | wrong | tensors in the dict | a Python float was expected
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: torch.tensor([score(train_one(training, d, s), held_out) for s in seeds]).mean() for d in sizes}

# %% ex04-compare | wrong | all the scores | a Python float was expected
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: [score(train_one(training, d, s), held_out) for s in seeds] for d in sizes}

# %% ex04-compare | wrong | the number of seeds of the example | expected
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(training, d, s), held_out) for s in seeds) / 2 for d in sizes}

# %% ex04-compare | wrong | seeds counted from 0 | expected
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(training, d, s), held_out) for s in range(len(seeds))) / len(seeds) for d in sizes}

# %% ex04-compare | wrong | shared list by fromkeys | share one list
def compare(train_one, score, training, held_out, sizes, seeds):
    scores = dict.fromkeys(sizes, [])
    for d in sizes:
        for s in seeds:
            scores[d].append(score(train_one(training, d, s), held_out))
    return {d: sum(v) / len(v) for d, v in scores.items()}

# %% ex04-compare | wrong | zip of sizes and seeds | (zip)
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: score(train_one(training, d, s), held_out) for d, s in zip(sizes, seeds)}

# %% ex04-compare | wrong | return in the loop | inside the loop
def compare(train_one, score, training, held_out, sizes, seeds):
    out = {}
    for d in sizes:
        out[d] = sum(score(train_one(training, d, s), held_out) for s in seeds) / len(seeds)
        return out

# %% ex04-compare | wrong | score's arguments swapped | score(model, images)
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(held_out, train_one(training, d, s)) for s in seeds) / len(seeds) for d in sizes}

# %% ex04-compare | wrong | divided by the number of sizes | by the number of sizes
def compare(train_one, score, training, held_out, sizes, seeds):
    return {d: sum(score(train_one(training, d, s), held_out) for s in seeds) / len(sizes) for d in sizes}

# %% ex04-compare | right | a running mean
def compare(train_one, score, training, held_out, sizes, seeds):
    result = {}
    for d in sizes:
        mean = 0.0
        for k, seed in enumerate(seeds, start=1):
            mean += (score(train_one(training, d, seed), held_out) - mean) / k
        result[d] = mean
    return result

# %% ex04-compare | right | a table of torch
def compare(train_one, score, training, held_out, sizes, seeds):
    table = torch.empty(len(seeds), len(sizes))
    for i, seed in enumerate(seeds):
        for j, d in enumerate(sizes):
            model = train_one(training, d, seed)
            table[i, j] = score(model.eval(), held_out)
    return dict(zip(sizes, table.mean(0).tolist()))

# %% ex04-compare | right | statistics.mean
def compare(train_one, score, training, held_out, sizes, seeds):
    from statistics import mean
    return {int(d): mean([score(train_one(training, d, seed), held_out) for seed in seeds]) for d in sorted(sizes)}

# %% ex04-compare | right | all models first
def compare(train_one, score, training, held_out, sizes, seeds):
    from collections import defaultdict
    models = {(d, s): train_one(training, d, s) for s in seeds for d in sizes}
    sums = defaultdict(float)
    with torch.no_grad():
        for (d, s), model in models.items():
            sums[d] += float(score(model, held_out)) / len(seeds)
    return sums

# %% ex04-compare | right | the mean of NumPy as it is
def compare(train_one, score, training, held_out, sizes, seeds):
    import numpy as np
    return {d: np.mean([score(train_one(training, d, s), held_out) for s in seeds]) for d in sizes}

# %% ex04-compare | right | keyword arguments
def compare(train_one, score, training, held_out, sizes, seeds):
    result = {}
    for d in sizes:
        scores = []
        for seed in seeds:
            model = train_one(images=training, d=d, seed=seed)
            scores.append(score(model=model, images=held_out))
        result[d] = sum(scores) / len(scores)
    return result

# %% ex04-enough | wrong | the best size | that is the best size
def smallest_good_enough(psnr_by_size, tolerance_db):
    return max(psnr_by_size, key=psnr_by_size.get)

# %% ex04-enough | wrong | the smallest size of all | smallest size of all
def smallest_good_enough(psnr_by_size, tolerance_db):
    return min(psnr_by_size)

# %% ex04-enough | wrong | the threshold hangs on the largest size | the best PSNR of all is what counts
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = psnr_by_size[max(psnr_by_size)] - tolerance_db
    return min(d for d, value in psnr_by_size.items() if value >= threshold)

# %% ex04-enough | wrong | the threshold hangs on the last of the dict | the best PSNR of all is what counts
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = list(psnr_by_size.values())[-1] - tolerance_db
    return min(d for d, value in psnr_by_size.items() if value >= threshold)

# %% ex04-enough | wrong | the first in the dict | any order
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) - tolerance_db
    for d, value in psnr_by_size.items():
        if value >= threshold:
            return d

# %% ex04-enough | wrong | strictly less | exactly tolerance_db
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) - tolerance_db
    best = max(psnr_by_size, key=psnr_by_size.get)
    return min([best] + [d for d, value in psnr_by_size.items() if value > threshold])

# %% ex04-enough | wrong | strictly less, and nothing left at 0 | This happened in smallest_good_enough
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) - tolerance_db
    return min(d for d, value in psnr_by_size.items() if value > threshold)

# %% ex04-enough | wrong | the largest that is good enough | largest that is good enough
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) - tolerance_db
    return max(d for d, value in psnr_by_size.items() if value >= threshold)

# %% ex04-enough | wrong | returns the PSNR | one of the PSNRs
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) - tolerance_db
    return min(value for value in psnr_by_size.values() if value >= threshold)

# %% ex04-enough | wrong | a list of sizes | A size was expected
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) - tolerance_db
    return sorted(d for d, value in psnr_by_size.items() if value >= threshold)

# %% ex04-enough | wrong | goes down from the largest until one falls short | A size was expected
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) - tolerance_db
    found = None
    for d in sorted(psnr_by_size, reverse=True):
        if psnr_by_size[d] < threshold:
            break
        found = d
    return found

# %% ex04-enough | wrong | tolerance as a share | expected
def smallest_good_enough(psnr_by_size, tolerance_db):
    threshold = max(psnr_by_size.values()) * (1 - tolerance_db)
    return min(d for d, value in psnr_by_size.items() if value >= threshold)

# %% ex04-enough | wrong | gain from one size to the next | between neighbours
def smallest_good_enough(psnr_by_size, tolerance_db):
    order = sorted(psnr_by_size)
    for d, larger in zip(order, order[1:]):
        if psnr_by_size[larger] - psnr_by_size[d] <= tolerance_db:
            return d
    return order[-1]

# %% ex04-enough | wrong | empties the dict | The dict was changed
def smallest_good_enough(psnr_by_size, tolerance_db):
    best = max(psnr_by_size.values())
    for d in list(psnr_by_size):
        if psnr_by_size[d] < best - tolerance_db:
            del psnr_by_size[d]
    return min(psnr_by_size)

# %% ex04-enough | wrong | a run down from the best size | went down from the best size
def smallest_good_enough(psnr_by_size, tolerance_db):
    sizes = sorted(psnr_by_size)
    best = max(psnr_by_size, key=psnr_by_size.get)
    i = sizes.index(best)
    while i > 0 and psnr_by_size[sizes[i - 1]] >= psnr_by_size[best] - tolerance_db:
        i -= 1
    return sizes[i]

# %% ex04-enough | wrong | keys compared as text | compared as text
def smallest_good_enough(psnr_by_size, tolerance_db):
    best = max(psnr_by_size.values())
    return min((d for d, v in psnr_by_size.items() if v >= best - tolerance_db), key=str)

# %% ex04-enough | wrong | worst PSNR of the good enough | lowest PSNR
def smallest_good_enough(psnr_by_size, tolerance_db):
    best = max(psnr_by_size.values())
    good = {d: v for d, v in psnr_by_size.items() if v >= best - tolerance_db}
    return min(good, key=good.get)

# %% ex04-enough | wrong | a number that equals anything | expected
def smallest_good_enough(psnr_by_size, tolerance_db):
    class Any(int):
        def __eq__(self, other): return True
        __hash__ = int.__hash__
    return Any(1)

# %% ex04-enough | right | sorted, then the first
def smallest_good_enough(psnr_by_size, tolerance_db):
    best = max(psnr_by_size.values())
    for d, value in sorted(psnr_by_size.items()):
        if best - value <= tolerance_db:
            return d

# %% ex04-enough | right | tensors
def smallest_good_enough(psnr_by_size, tolerance_db):
    sizes = torch.tensor(list(psnr_by_size))
    values = torch.tensor(list(psnr_by_size.values()), dtype=torch.float64)
    return sizes[values >= values.max() - tolerance_db].min().item()

# %% ex04-enough | right | a loop with a record
def smallest_good_enough(psnr_by_size, tolerance_db):
    best = None
    for value in psnr_by_size.values():
        if best is None or value > best:
            best = value
    smallest = None
    for d in psnr_by_size:
        if psnr_by_size[d] + tolerance_db >= best and (smallest is None or d < smallest):
            smallest = d
    return smallest

# %% ex04-enough | right | filter
def smallest_good_enough(psnr_by_size, tolerance_db):
    best_size = max(psnr_by_size, key=psnr_by_size.get)
    enough = filter(lambda d: psnr_by_size[best_size] - psnr_by_size[d] <= tolerance_db, psnr_by_size)
    return sorted(enough)[0]

# %% ex04-enough | right | numpy
def smallest_good_enough(psnr_by_size, tolerance_db):
    import numpy as np
    d, v = np.array(list(psnr_by_size)), np.array(list(psnr_by_size.values()))
    return d[v >= v.max() - tolerance_db].min()
