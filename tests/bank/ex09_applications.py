# Answers to set 09 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex09-energy | wrong | mean over the pixels | averaged over the pixels
def energy(model, x):
    model_was = model.training
    model.eval()
    with torch.no_grad():
        e = ((x - model(x)) ** 2).mean(dim=(1, 2, 3))
    model.train(model_was)
    return e

# %% ex09-energy | wrong | one number for all images | summed over the images too
@torch.no_grad()
def energy(model, x):
    return ((x - model(x)) ** 2).sum()

# %% ex09-energy | wrong | mse_loss as it comes | everything was averaged
@torch.no_grad()
def energy(model, x):
    return F.mse_loss(model(x), x)

# %% ex09-energy | wrong | averaged over the images too | averaged over the images too
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).square().flatten(1).sum(1).mean()

# %% ex09-energy | wrong | norm, not its square | root was taken
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).flatten(1).norm(dim=1)

# %% ex09-energy | wrong | absolute differences | have to be squared
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).abs().sum((1, 2, 3))

# %% ex09-energy | wrong | relative to the image | second score
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).square().sum((1, 2, 3)) / x.square().sum((1, 2, 3))

# %% ex09-energy | wrong | summed over rows only | shape
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).square().sum((1, 2))

# %% ex09-energy | wrong | in the mode that it finds | reconstructed in training mode
def energy(model, x):
    with torch.no_grad():
        return (x - model(x)).square().flatten(1).sum(1)

# %% ex09-energy | wrong | left in evaluation mode | left in evaluation mode
def energy(model, x):
    model.eval()
    with torch.no_grad():
        return (x - model(x)).square().flatten(1).sum(1)

# %% ex09-energy | wrong | always back to training | left in training mode
def energy(model, x):
    model.eval()
    with torch.no_grad():
        e = (x - model(x)).square().flatten(1).sum(1)
    model.train()
    return e

# %% ex09-energy | wrong | with a graph | hangs on a graph
def energy(model, x):
    was = model.training
    model.eval()
    e = (x - model(x)).square().flatten(1).sum(1)
    model.train(was)
    return e

# %% ex09-energy | wrong | the size of MNIST | energy
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        e = (x - model(x)).square().view(-1, 784).sum(1)
    model.train(was)
    return e

# %% ex09-energy | wrong | in float64 | dtype
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        e = (x.double() - model(x).double()).square().flatten(1).sum(1)
    model.train(was)
    return e

# %% ex09-energy | wrong | changes x in place | in place
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        x -= model(x)
    model.train(was)
    return (x**2).flatten(1).sum(1)

# %% ex09-energy | wrong | a list | a tensor was expected
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        e = [((a - b) ** 2).sum().item() for a, b in zip(x, model(x))]
    model.train(was)
    return e

# %% ex09-energy | wrong | copied from the example | shape
def energy(model, x):
    return torch.tensor([4.0, 10.0])

# %% ex09-energy | right | mse_loss without reduction
def energy(model, x):
    was = model.training
    model.eval()
    with torch.inference_mode():
        e = F.mse_loss(model(x), x, reduction="none").sum(dim=(1, 2, 3))
    model.train(was)
    return e

# %% ex09-energy | right | image by image
def energy(model, x):
    mode = model.training
    model.train(False)
    rows = [torch.dist(one, model(one[None])[0]).detach() ** 2 for one in x]
    model.train(mode)
    return torch.stack(rows)

# %% ex09-energy | right | einsum
@torch.no_grad()
def energy(model, x):
    training = model.training
    d = x - model.eval()(x)
    if training:
        model.train()
    return torch.einsum("nchw,nchw->n", d, d)

# %% ex09-energy | right | the course's own helpers
def energy(model, x):
    from utils import metrics

    return metrics.squared_error(x, metrics.reconstruct(model, x))

# %% ex09-auc | wrong | the wrong way round | changed places
def roc_auc(scores, strange):
    return (scores[~strange][:, None] > scores[strange]).float().mean().item()

# %% ex09-auc | wrong | pairs counted, not their share | winning pairs were counted
def roc_auc(scores, strange):
    a, b = scores[strange], scores[~strange]
    wins = 0.0
    for s in a:
        for n in b:
            wins += 1.0 if s > n else 0.5 if s == n else 0.0
    return wins

# %% ex09-auc | wrong | ties not counted | ties were not counted
def roc_auc(scores, strange):
    return (scores[strange][:, None] > scores[~strange]).float().mean().item()

# %% ex09-auc | wrong | ties won | ties were counted as won
def roc_auc(scores, strange):
    return (scores[strange][:, None] >= scores[~strange]).float().mean().item()

# %% ex09-auc | wrong | ties left out | left out of the number of pairs
def roc_auc(scores, strange):
    a, b = scores[strange][:, None], scores[~strange]
    return ((a > b).sum() / (a != b).sum().clamp(min=1)).item()

# %% ex09-auc | wrong | all pairs of N by N | divided by N²
def roc_auc(scores, strange):
    wins = (scores[:, None] > scores) & strange[:, None] & ~strange
    ties = (scores[:, None] == scores) & strange[:, None] & ~strange
    return (wins.float() + 0.5 * ties.float()).mean().item()

# %% ex09-auc | wrong | divided by N (N - 1) / 2 | all pairs of images
def roc_auc(scores, strange):
    a, b = scores[strange][:, None], scores[~strange]
    wins = ((a > b).float() + 0.5 * (a == b).float()).sum().item()
    return wins / (len(scores) * (len(scores) - 1) / 2)

# %% ex09-auc | wrong | accuracy at the mean score | compared with the mean score
def roc_auc(scores, strange):
    return ((scores > scores.mean()) == strange).float().mean().item()

# %% ex09-auc | wrong | zip in place of all pairs | zip
def roc_auc(scores, strange):
    pairs = list(zip(scores[strange], scores[~strange]))
    return float(sum(float(a > b) + 0.5 * float(a == b) for a, b in pairs) / len(pairs))

# %% ex09-auc | wrong | mean against mean | the ROC-AUC
def roc_auc(scores, strange):
    return float(scores[strange].mean() > scores[~strange].mean())

# %% ex09-auc | wrong | never below a half | less than ½ is a result
def roc_auc(scores, strange):
    high, low = scores[strange][:, None], scores[~strange]
    value = ((high > low).float() + 0.5 * (high == low).float()).mean().item()
    return max(value, 1 - value)

# %% ex09-auc | wrong | a tensor | .item()
def roc_auc(scores, strange):
    high, low = scores[strange][:, None], scores[~strange]
    return ((high > low).float() + 0.5 * (high == low).float()).mean()

# %% ex09-auc | wrong | sorts the caller's scores | in place
def roc_auc(scores, strange):
    high, low = scores[strange][:, None], scores[~strange]
    value = ((high > low).float() + 0.5 * (high == low).float()).mean().item()
    scores.copy_(scores.sort().values)
    return value

# %% ex09-auc | wrong | ranks of a sort, ties by order | with ties
def roc_auc(scores, strange):
    rank = torch.empty(len(scores))
    rank[scores.argsort(stable=True)] = torch.arange(1.0, len(scores) + 1)
    s, m = strange.sum().item(), (~strange).sum().item()
    return (rank[strange].sum().item() - s * (s + 1) / 2) / (s * m)

# %% ex09-auc | wrong | copied from the example | the ROC-AUC
def roc_auc(scores, strange):
    return 0.875

# %% ex09-auc | right | scikit-learn
def roc_auc(scores, strange):
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(strange.numpy(), scores.numpy()))

# %% ex09-auc | right | two loops
def roc_auc(scores, strange):
    high, low = scores[strange].tolist(), scores[~strange].tolist()
    total = 0.0
    for a in high:
        for b in low:
            if a > b:
                total += 1
            elif a == b:
                total += 0.5
    return total / (len(high) * len(low))

# %% ex09-auc | right | the sign of the differences
def roc_auc(scores, strange):
    d = scores[strange].unsqueeze(1) - scores[~strange].unsqueeze(0)
    return (d.sign().mean().item() + 1) / 2

# %% ex09-auc | right | by ranks, ties shared
def roc_auc(scores, strange):
    low = scores[~strange].sort().values
    high = scores[strange].contiguous()
    below, upto = torch.searchsorted(low, high), torch.searchsorted(low, high, right=True)
    return ((below + upto).double().mean() / (2 * len(low))).item()

# %% ex09-freeze | wrong | evaluation mode only | Still asking for gradients
def freeze(encoder):
    return encoder.eval()

# %% ex09-freeze | wrong | no gradient flags, but left-overs | left in
def freeze(encoder):
    encoder.requires_grad_(False)
    return encoder.eval()

# %% ex09-freeze | wrong | still in training mode | Still in training mode
def freeze(encoder):
    encoder.requires_grad_(False)
    encoder.zero_grad()
    return encoder

# %% ex09-freeze | wrong | an attribute that does nothing | Still asking for gradients
def freeze(encoder):
    encoder.requires_grad = False
    encoder.zero_grad()
    return encoder.eval()

# %% ex09-freeze | wrong | under no_grad | Still asking for gradients
def freeze(encoder):
    with torch.no_grad():
        encoder.eval()
        encoder.zero_grad()
    return encoder

# %% ex09-freeze | wrong | gradients set to zero | Zeros are not None
def freeze(encoder):
    encoder.requires_grad_(False)
    encoder.zero_grad(set_to_none=False)
    return encoder.eval()

# %% ex09-freeze | wrong | weights but not biases | bias
def freeze(encoder):
    for name, p in encoder.named_parameters():
        if "weight" in name:
            p.requires_grad = False
        p.grad = None
    return encoder.eval()

# %% ex09-freeze | wrong | the first layer only | Still asking for gradients
def freeze(encoder):
    layer = next(encoder.children(), encoder)
    layer.requires_grad_(False)
    encoder.zero_grad()
    return encoder.eval()

# %% ex09-freeze | wrong | a detached loop variable | Still asking for gradients
def freeze(encoder):
    for p in encoder.parameters():
        p = p.detach()
    encoder.zero_grad()
    return encoder.eval()

# %% ex09-freeze | wrong | a copy | a copy
def freeze(encoder):
    import copy

    encoder = copy.deepcopy(encoder).requires_grad_(False)
    encoder.zero_grad()
    return encoder.eval()

# %% ex09-freeze | wrong | returns nothing | None
def freeze(encoder):
    encoder.requires_grad_(False)
    encoder.zero_grad()
    encoder.eval()

# %% ex09-freeze | wrong | weights zeroed | weights changed
def freeze(encoder):
    for p in encoder.parameters():
        p.requires_grad = False
        p.zero_()
        p.grad = None
    return encoder.eval()

# %% ex09-freeze | wrong | the mode of the outermost part only | Still in training mode
def freeze(encoder):
    encoder.requires_grad_(False)
    encoder.zero_grad()
    encoder.training = False
    return encoder

# %% ex09-freeze | right | a loop over the parameters
def freeze(encoder):
    for p in encoder.parameters():
        p.requires_grad = False
        p.grad = None
    encoder.eval()
    return encoder

# %% ex09-freeze | right | train(False)
def freeze(encoder):
    encoder.train(False)
    encoder.zero_grad(set_to_none=True)
    return encoder.requires_grad_(False)

# %% ex09-freeze | right | part by part
def freeze(encoder):
    for part in encoder.modules():
        part.training = False
        for p in part.parameters(recurse=False):
            p.requires_grad_(False)
            p.grad = None
    return encoder

# %% ex09-head | wrong | gradients never zeroed | ever zeroed
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | zeroed after the step | an earlier run count
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return losses

# %% ex09-head | wrong | zeroed once before the loop | add up
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    optimiser.zero_grad()
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | zeroed between backward and step | does not learn
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        loss.backward()
        optimiser.zero_grad()
        optimiser.step()
    return losses

# %% ex09-head | wrong | losses after the steps | after each step
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        optimiser.zero_grad()
        F.cross_entropy(head(z), labels).backward()
        optimiser.step()
        losses.append(F.cross_entropy(head(z), labels).item())
    return losses

# %% ex09-head | wrong | reduction sum | were summed
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels, reduction="sum")
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | softmax first | a softmax comes first
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z).softmax(1), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | no step | does not learn
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
    return losses

# %% ex09-head | wrong | Adam | the losses
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.Adam(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | encoder inside the loop | called 3 times
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        with torch.no_grad():
            z = encoder(x)
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | encoder in training mode | in training mode
def train_head(encoder, head, x, labels, steps, lr):
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | codes with a graph | backward through the graph a second time
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | graph kept: the encoder gets gradients | The encoder got gradients
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward(retain_graph=True)
        optimiser.step()
    return losses

# %% ex09-head | wrong | the whole model trained | Changed in the encoder
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    both = [*encoder.parameters(), *head.parameters()]
    z, losses = encoder(x), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        slopes = torch.autograd.grad(loss, both, retain_graph=True, allow_unused=True)
        for p, slope in zip(both, slopes):
            p.data = p.data - lr * slope
    return losses

# %% ex09-head | wrong | head under no_grad too | does not require grad
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        with torch.no_grad():
            loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | a list of tensors | plain floats
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | a copy of the head learns | bias of the head
def train_head(encoder, head, x, labels, steps, lr):
    import copy

    head, losses = copy.deepcopy(head), []
    with torch.no_grad():
        z = encoder.eval()(x)
    optimiser = torch.optim.SGD(head.parameters(), lr=lr)
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses

# %% ex09-head | wrong | the last loss only | A list of 3
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser = torch.optim.SGD(head.parameters(), lr=lr)
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss.item()

# %% ex09-head | right | CrossEntropyLoss, and frozen for good
def train_head(encoder, head, x, labels, steps, lr):
    encoder.requires_grad_(False)
    z = encoder.train(False)(x)
    criterion, sgd = nn.CrossEntropyLoss(), torch.optim.SGD(head.parameters(), lr)
    losses = []
    for _ in range(steps):
        sgd.zero_grad(set_to_none=False)
        loss = criterion(head(z), labels)
        loss.backward()
        sgd.step()
        losses.append(loss.item())
    return losses

# %% ex09-head | right | gradient descent by hand
def train_head(encoder, head, x, labels, steps, lr):
    mode = encoder.training
    z = encoder.eval()(x).detach()
    encoder.train(mode)
    weights, losses = list(head.parameters()), []
    for _ in range(steps):
        log_p = head(z).log_softmax(1)
        loss = -log_p[torch.arange(len(x)), labels].mean()
        with torch.no_grad():
            for w, slope in zip(weights, torch.autograd.grad(loss, weights)):
                w -= lr * slope
        losses.append(loss.item())
    return losses

# %% ex09-head | right | one-hot labels
def train_head(encoder, head, x, labels, steps, lr):
    with torch.inference_mode():
        z = encoder.eval()(x)
    z, losses = z.clone(), []
    optimiser = torch.optim.SGD(list(head.parameters()), lr=lr, momentum=0.0)
    while len(losses) < steps:
        answer = head(z)
        target = F.one_hot(labels, answer.shape[1]).float()
        loss = F.cross_entropy(answer, target)
        head.zero_grad()
        loss.backward()
        losses.append(loss.item())
        optimiser.step()
    return losses

# %% ex09-shrink | wrong | every k-th pixel | first pixel
def shrink(x, k):
    return x[..., ::k, ::k]

# %% ex09-shrink | wrong | nearest neighbour by interpolate | first pixel
def shrink(x, k):
    return F.interpolate(x, scale_factor=1 / k)

# %% ex09-shrink | wrong | bilinear, the mean at k = 2 only | middle pixel
def shrink(x, k):
    return F.interpolate(x, scale_factor=1 / k, mode="bilinear")

# %% ex09-shrink | wrong | maximum | maximum
def shrink(x, k):
    return F.max_pool2d(x, k)

# %% ex09-shrink | wrong | sums | were summed
def shrink(x, k):
    return x.unflatten(3, (-1, k)).unflatten(2, (-1, k)).sum((3, 5))

# %% ex09-shrink | wrong | divided by k | divided by k
def shrink(x, k):
    return F.avg_pool2d(x, k, divisor_override=k)

# %% ex09-shrink | wrong | cut the wrong way | far apart
def shrink(x, k):
    N, C, H, W = x.shape
    return x.reshape(N, C, k, H // k, k, W // k).mean((2, 4))

# %% ex09-shrink | wrong | bicubic | middle pixel
def shrink(x, k):
    return F.interpolate(x, scale_factor=1 / k, mode="bicubic")

# %% ex09-shrink | wrong | overlapping windows | shape
def shrink(x, k):
    return F.avg_pool2d(x, k, stride=1)

# %% ex09-shrink | wrong | for 28 pixels | shrink
def shrink(x, k):
    s = 28 // k
    return x.reshape(-1, 1, s, k, s, k).mean((3, 5))

# %% ex09-shrink | wrong | square images only | shrink
def shrink(x, k):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // k, k, H // k, k).mean((3, 5))

# %% ex09-shrink | wrong | the channels averaged away | shape
def shrink(x, k):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // k, k, W // k, k).mean((1, 3, 5))

# %% ex09-shrink | wrong | grey images only | the small images
def shrink(x, k):
    N, C, H, W = x.shape
    return F.avg_pool2d(x.mean(1, keepdim=True), k).expand(N, C, H // k, W // k)

# %% ex09-shrink | wrong | through NumPy, in float64 | dtype
def shrink(x, k):
    import numpy as np
    N, C, H, W = x.shape
    small = np.zeros((N, C, H // k, W // k))
    for i in range(H // k):
        for j in range(W // k):
            small[:, :, i, j] = x[:, :, i * k:(i + 1) * k, j * k:(j + 1) * k].numpy().mean((2, 3))
    return torch.from_numpy(small)

# %% ex09-shrink | wrong | copied from the example | the small image
def shrink(x, k):
    return torch.tensor([[[[2.5, 6.5]]]])

# %% ex09-shrink | right | reshape and mean
def shrink(x, k):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // k, k, W // k, k).mean((3, 5))

# %% ex09-shrink | right | interpolate, by areas
def shrink(x, k):
    return F.interpolate(x, size=(x.shape[2] // k, x.shape[3] // k), mode="area")

# %% ex09-shrink | right | adaptive pooling
def shrink(x, k):
    return nn.AdaptiveAvgPool2d((x.shape[-2] // k, x.shape[-1] // k))(x)

# %% ex09-shrink | right | sums of slices
def shrink(x, k):
    small = 0
    for i in range(k):
        for j in range(k):
            small = small + x[:, :, i::k, j::k]
    return small / (k * k)

# %% ex09-agree | wrong | the sign | the sign of the correction
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = F.avg_pool2d(x_hat, k) - small
    return x_hat + off.repeat_interleave(k, 2).repeat_interleave(k, 3)

# %% ex09-agree | wrong | the correction shared out | shared out
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = (small - F.avg_pool2d(x_hat, k)) / k**2
    return x_hat + off.repeat_interleave(k, 2).repeat_interleave(k, 3)

# %% ex09-agree | wrong | squares scaled | were scaled
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat * F.interpolate(small / F.avg_pool2d(x_hat, k), scale_factor=k)

# %% ex09-agree | wrong | the small image made large | made large
def agree(x_hat, small):
    return F.interpolate(small, size=x_hat.shape[2:]) + 0 * x_hat

# %% ex09-agree | wrong | small added | without taking away
def agree(x_hat, small):
    return x_hat + F.interpolate(small, size=x_hat.shape[2:])

# %% ex09-agree | wrong | repeat | repeat puts copies
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat + (small - F.avg_pool2d(x_hat, k)).repeat(1, 1, k, k)

# %% ex09-agree | wrong | smooth correction | smoothed by interpolation
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k, mode="bilinear")

# %% ex09-agree | wrong | one pixel of each square | only one pixel
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    out = x_hat.clone()
    out[:, :, ::k, ::k] += k**2 * (small - F.avg_pool2d(x_hat, k))
    return out

# %% ex09-agree | wrong | cut off at 0 and 1 | was cut off
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return (x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)).clamp(0, 1)

# %% ex09-agree | wrong | k is 2 | agree
def agree(x_hat, small):
    off = small - F.avg_pool2d(x_hat, 2)
    return x_hat + off.repeat_interleave(2, 2).repeat_interleave(2, 3)

# %% ex09-agree | wrong | the size of the lecture | agree
def agree(x_hat, small):
    k = 28 // small.shape[-1]
    off = small - F.avg_pool2d(x_hat, k)
    return x_hat + F.interpolate(off, size=28)

# %% ex09-agree | wrong | correction detached | as if it did not depend on x_hat
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    with torch.no_grad():
        off = F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)
    return x_hat + off

# %% ex09-agree | wrong | all under no_grad | cut off from the graph
@torch.no_grad()
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)

# %% ex09-agree | wrong | in place | in place
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)
    x_hat.data += off
    return x_hat

# %% ex09-agree | wrong | one mean for the whole image | the corrected image
def agree(x_hat, small):
    return x_hat + (small.mean((2, 3), keepdim=True) - x_hat.mean((2, 3), keepdim=True))

# %% ex09-agree | wrong | copied from the example | shape
def agree(x_hat, small):
    return torch.tensor([[[[0.4, 0.5], [0.6, 0.5]]]])

# %% ex09-agree | right | interpolate copies the nearest
def agree(x_hat, small):
    k = x_hat.shape[-2] // small.shape[-2]
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)

# %% ex09-agree | right | six dimensions and broadcasting
def agree(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[2] // h
    cut = x_hat.reshape(N, C, h, k, w, k)
    cut = cut - cut.mean((3, 5), keepdim=True) + small[:, :, :, None, :, None]
    return cut.reshape(x_hat.shape)

# %% ex09-agree | right | Kronecker product
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    ones = torch.ones(k, k)
    off = small - F.avg_pool2d(x_hat, k)
    return x_hat + torch.kron(off, ones[None, None])

# %% ex09-agree | right | square by square
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    rows = []
    for i in range(small.shape[2]):
        row = []
        for j in range(small.shape[3]):
            square = x_hat[:, :, i * k:(i + 1) * k, j * k:(j + 1) * k]
            row.append(square + (small[:, :, i, j] - square.mean((2, 3)))[..., None, None])
        rows.append(torch.cat(row, 3))
    return torch.cat(rows, 2)

# %% ex09-round | wrong | 2**bits steps | between four levels lie three steps
def rounded(z, low, high, bits):
    step = (high - low) / 2**bits
    return low + step * ((z.clamp(low, high) - low) / step).round()

# %% ex09-round | wrong | floor | cut off instead of rounding
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).floor()

# %% ex09-round | wrong | int() cuts off | cut off instead of rounding
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).int()

# %% ex09-round | wrong | indices | indices of the levels
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return ((z.clamp(low, high) - low) / step).round()

# %% ex09-round | wrong | low forgotten at the end | not added again
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return step * ((z.clamp(low, high) - low) / step).round()

# %% ex09-round | wrong | one range for all units | each unit has its own
def rounded(z, low, high, bits):
    low, high = low.min(), high.max()
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).round()

# %% ex09-round | wrong | middles of cells | middle of a cell
def rounded(z, low, high, bits):
    cell = (high - low) / 2**bits
    index = ((z - low) / cell).floor().clamp(0, 2**bits - 1)
    return low + cell * (index + 0.5)

# %% ex09-round | wrong | as many levels as bits | as many levels as there are bits
def rounded(z, low, high, bits):
    step = (high - low) / (bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).round()

# %% ex09-round | wrong | not clamped | don't exist
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return low + step * ((z - low) / step).round()

# %% ex09-round | wrong | beyond the range left alone | left as they are
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    inside = (z >= low) & (z <= high)
    return torch.where(inside, low + step * ((z - low) / step).round(), z)

# %% ex09-round | wrong | range taken from z itself | the rounded codes
def rounded(z, low, high, bits):
    low, high = z.min(0).values, z.max(0).values
    step = (high - low) / (2**bits - 1)
    return low + step * ((z - low) / step).round()

# %% ex09-round | wrong | clamped in place | in place
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    z = z.clamp_(low, high)
    return low + step * ((z - low) / step).round()

# %% ex09-round | wrong | in float64 | dtype
def rounded(z, low, high, bits):
    low, high = low.double(), high.double()
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).round()

# %% ex09-round | wrong | two bits, as in the example | bits = 1
def rounded(z, low, high, bits):
    step = (high - low) / 3
    return low + step * ((z.clamp(low, high) - low) / step).round()

# %% ex09-round | wrong | copied from the example | shape
def rounded(z, low, high, bits):
    return torch.tensor([[0.0], [2.0], [3.0]])

# %% ex09-round | right | indices clamped afterwards
def rounded(z, low, high, bits):
    top = 2**bits - 1
    index = torch.round((z - low) * top / (high - low)).clamp(0, top)
    return low + index * (high - low) / top

# %% ex09-round | right | the nearest of a table of levels
def rounded(z, low, high, bits):
    t = torch.linspace(0, 1, 2**bits)
    table = low[:, None] + t * (high - low)[:, None]
    nearest = (z[:, :, None] - table).abs().argmin(2)
    return torch.stack([table[j, nearest[:, j]] for j in range(z.shape[1])], 1)

# %% ex09-round | right | floor of a half more, unit by unit
def rounded(z, low, high, bits):
    out = torch.empty_like(z)
    for j in range(z.shape[1]):
        step = (high[j] - low[j]) / (2**bits - 1)
        inside = torch.minimum(torch.maximum(z[:, j], low[j]), high[j])
        out[:, j] = low[j] + torch.floor((inside - low[j]) / step + 0.5) * step
    return out

# %% ex09-round | right | unsigned bytes in between
def rounded(z, low, high, bits):
    top = 2**bits - 1
    u = ((z - low) / (high - low)).clamp(0, 1)
    packed = (u * top).round().to(torch.uint8)
    return torch.lerp(low.expand_as(z), high.expand_as(z), packed.float() / top)

# %% ex09-bill | wrong | numbers for bytes | 4 each
def pays_from(decoder, d, bits, rival):
    numbers = sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(numbers / saving) + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | trainable parameters only | frozen parameters were not counted
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters() if p.requires_grad)
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | weights only | biases have to be sent
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for name, p in decoder.named_parameters() if "weight" in name)
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | ceil of the bytes of a code | rounded up
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - math.ceil(d * bits / 8)
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | whole bytes by // | rounded down
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits // 8
    return bill // saving + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | one image too few | not yet fewer
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return bill // saving if saving > 0 else math.inf

# %% ex09-bill | wrong | ceil: equality counts | the number of images
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.ceil(bill / saving) if saving > 0 else math.inf

# %% ex09-bill | wrong | the quotient | this is the quotient
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return bill / saving if saving > 0 else math.inf

# %% ex09-bill | wrong | codes for nothing | codes were forgotten
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    return math.floor(bill / rival) + 1

# %% ex09-bill | wrong | floats of 4 bytes | larger than 21 bytes
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - 4 * d
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | bits for bytes | larger than 21 bytes
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | never is not thought of | never pays
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving else math.inf

# %% ex09-bill | wrong | divides by a saving of 0 | ZeroDivisionError
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving >= 0 else math.inf

# %% ex09-bill | wrong | None for never | math.inf was expected
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    if saving > 0:
        return int(bill / saving) + 1

# %% ex09-bill | wrong | a tensor | plain Python number
def pays_from(decoder, d, bits, rival):
    bill = 4 * nn.utils.parameters_to_vector(decoder.parameters()).numel()
    saving = torch.tensor(rival - d * bits / 8)
    return (bill / saving).floor() + 1 if saving > 0 else math.inf

# %% ex09-bill | wrong | copied from the example | the number of images
def pays_from(decoder, d, bits, rival):
    return 11 if rival > d * bits / 8 else math.inf

# %% ex09-bill | right | whole numbers of bits
def pays_from(decoder, d, bits, rival):
    bill = sum(p.nbytes for p in decoder.parameters()) * 8
    saving = 8 * rival - d * bits
    if saving <= 0:
        return math.inf
    return bill // saving + 1

# %% ex09-bill | right | counting up
def pays_from(decoder, d, bits, rival):
    bill, code = 4 * sum(len(p.flatten()) for p in decoder.parameters()), d * bits / 8
    if code >= rival:
        return float("inf")
    n = 1
    while bill + n * code >= n * rival:
        n += 1
    return n

# %% ex09-bill | right | floor division, a float
def pays_from(decoder, d, bits, rival):
    bill = 4 * nn.utils.parameters_to_vector(decoder.parameters()).numel()
    saving = rival - d * bits / 8
    return float("inf") if saving <= 0 else bill // saving + 1.0

# %% ex09-patch | wrong | covered pixels in the sum | covered pixels count
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (x - decoder(z)).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | mask the wrong way round | looked at the covered
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = ((1 - visible) * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | mask on x only | restored images
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * x - decoder(z)).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | mean over everything | averaged over images and pixels
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = F.mse_loss(visible * decoder(z), visible * x)
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | mean over the pixels | averaged over the pixels
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().mean((1, 2, 3)).sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | mean over the images | half of what they should be
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum((1, 2, 3)).mean()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | half the squares | half of what they should be
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = 0.5 * (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | gradients pile up | restored images
def restore(decoder, x, visible, z, steps, lr):
    flags = [p.requires_grad for p in decoder.parameters()]
    decoder.requires_grad_(False)
    z = z.clone().requires_grad_()
    for _ in range(steps):
        (visible * (x - decoder(z))).square().sum().backward()
        with torch.no_grad():
            z -= lr * z.grad
    for p, flag in zip(decoder.parameters(), flags):
        p.requires_grad_(flag)
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))

# %% ex09-patch | wrong | uphill | uphill
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z + lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | no search | never moved
def restore(decoder, x, visible, z, steps, lr):
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))

# %% ex09-patch | wrong | the whole picture of the decoder | whole picture
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return decoder(z).detach()

# %% ex09-patch | wrong | where the wrong way round | changed places
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, decoder(z), x).detach()

# %% ex09-patch | wrong | picture of the last code but one | one step was done too few
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    x_hat = decoder(z)
    for _ in range(steps):
        x_hat = decoder(z)
        (slope,) = torch.autograd.grad((visible * (x - x_hat)).square().sum(), z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, x_hat).detach()

# %% ex09-patch | wrong | backward leaves gradients in the decoder | left with gradients
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    optimiser = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        (visible * (x - decoder(z))).square().sum().backward()
        optimiser.step()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | decoder left frozen | flags
def restore(decoder, x, visible, z, steps, lr):
    decoder.requires_grad_(False)
    z = z.clone().requires_grad_()
    optimiser = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        (visible * (x - decoder(z))).square().sum().backward()
        optimiser.step()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | Adam | restored images
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    optimiser = torch.optim.Adam([z], lr=lr)
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        z.grad = torch.autograd.grad(loss, z)[0]
        optimiser.step()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | moves the caller's z | in place
def restore(decoder, x, visible, z, steps, lr):
    for _ in range(steps):
        code = z.clone().requires_grad_()
        (slope,) = torch.autograd.grad((visible * (x - decoder(code))).square().sum(), code)
        z -= lr * slope
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))

# %% ex09-patch | wrong | decoder put into training mode | left in training mode
def restore(decoder, x, visible, z, steps, lr):
    decoder.train()
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | wrong | caller's z asks for gradients | asks for gradients now
def restore(decoder, x, visible, z, steps, lr):
    z.requires_grad_()
    for _ in range(steps):
        (slope,) = torch.autograd.grad((visible * (x - decoder(z))).square().sum(), z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))

# %% ex09-patch | wrong | graph on the result | graph hangs
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z))

# %% ex09-patch | wrong | slopes divided by their length over the batch | alone
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope / slope.norm()).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()

# %% ex09-patch | right | backward through a frozen decoder, flags restored
def restore(decoder, x, visible, z, steps, lr):
    flags = [p.requires_grad for p in decoder.parameters()]
    decoder.requires_grad_(False)
    z = z.clone().requires_grad_()
    optimiser = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        (visible * (x - decoder(z)) ** 2).sum().backward()
        optimiser.step()
    filled = visible * x + (1 - visible) * decoder(z.detach())
    for p, flag in zip(decoder.parameters(), flags):
        p.requires_grad_(flag)
    return filled

# %% ex09-patch | right | gradients cleaned up afterwards
def restore(decoder, x, visible, z, steps, lr):
    z = z.detach().clone()
    for _ in range(steps):
        z.requires_grad_(True)
        loss = F.mse_loss(decoder(z) * visible, x * visible, reduction="sum")
        loss.backward()
        z = z.detach() - lr * z.grad
    decoder.zero_grad()
    return torch.where(visible.bool(), x, decoder(z).detach())

# %% ex09-patch | right | torch.func.grad
def restore(decoder, x, visible, z, steps, lr):
    def energy(code):
        return (visible * (x - decoder(code))).pow(2).sum()

    for _ in range(steps):
        z = z - lr * torch.func.grad(energy)(z)
    with torch.no_grad():
        filled = decoder(z)
    filled = torch.where(visible == 1, x, filled)
    return filled

# %% ex09-patch | right | image by image, visible pixels picked out
def restore(decoder, x, visible, z, steps, lr):
    seen, out = visible.bool(), []
    for one, code in zip(x, z):
        code = code[None].clone().requires_grad_()
        for _ in range(steps):
            miss = decoder(code)[0, 0][seen] - one[0][seen]
            slope = torch.autograd.grad(miss @ miss, code)[0]
            code = (code - lr * slope).detach().requires_grad_()
        filled = decoder(code).detach()[0]
        filled[0][seen] = one[0][seen]
        out.append(filled)
    return torch.stack(out)

# %% ex09-step | wrong | what is left over | left over
def explained(z, z_moved):
    step = z_moved - z
    return ((step - step.mean(0)).square().sum() / step.square().sum()).item()

# %% ex09-step | wrong | mean over the units | over the units of an image
def explained(z, z_moved):
    step = z_moved - z
    left = step - step.mean(1, keepdim=True)
    return 1 - (left.square().sum() / step.square().sum()).item()

# %% ex09-step | wrong | one mean of all numbers | one mean of all numbers
def explained(z, z_moved):
    step = z_moved - z
    left = step - step.mean()
    return 1 - (left.square().sum() / step.square().sum()).item()

# %% ex09-step | wrong | lengths, not squares | lengths were summed
def explained(z, z_moved):
    step = z_moved - z
    left = step - step.mean(0)
    return 1 - (left.norm(dim=1).sum() / step.norm(dim=1).sum()).item()

# %% ex09-step | wrong | norms of the whole | root of the sums
def explained(z, z_moved):
    step = z_moved - z
    return 1 - ((step - step.mean(0)).norm() / step.norm()).item()

# %% ex09-step | wrong | averaged over the units | single units were averaged
def explained(z, z_moved):
    step = z_moved - z
    left = step - step.mean(0)
    return (1 - left.square().sum(0) / step.square().sum(0)).mean().item()

# %% ex09-step | wrong | as R² | as R² does
def explained(z, z_moved):
    step = z_moved - z
    left = step - step.mean(0)
    return 1 - (left.square().sum() / (z_moved - z_moved.mean(0)).square().sum()).item()

# %% ex09-step | wrong | N - 1 in the variance | the share
def explained(z, z_moved):
    step = z_moved - z
    return 1 - (step.var(0).sum() / step.square().mean(0).sum()).item()

# %% ex09-step | wrong | not the differences | the share
def explained(z, z_moved):
    left = z_moved - z_moved.mean(0)
    return 1 - (left.square().sum() / z_moved.square().sum()).item()

# %% ex09-step | wrong | a tensor | .item()
def explained(z, z_moved):
    step = z_moved - z
    return 1 - (step - step.mean(0)).square().sum() / step.square().sum()

# %% ex09-step | wrong | in place | in place
def explained(z, z_moved):
    z_moved -= z
    left = z_moved - z_moved.mean(0)
    return 1 - (left.square().sum() / z_moved.square().sum()).item()

# %% ex09-step | wrong | copied from the example | the share
def explained(z, z_moved):
    return 2 / 3

# %% ex09-step | right | the mean step's share
def explained(z, z_moved):
    step = z_moved - z
    v = step.mean(0)
    return (len(step) * (v @ v) / step.pow(2).sum()).item()

# %% ex09-step | right | variances
def explained(z, z_moved):
    step = z_moved - z
    spread = step.var(dim=0, correction=0).sum()
    return float(1 - spread / step.square().sum(1).mean())

# %% ex09-step | right | loops
def explained(z, z_moved):
    steps = [b - a for a, b in zip(z, z_moved)]
    v = sum(steps) / len(steps)
    above = sum(((s - v) ** 2).sum().item() for s in steps)
    below = sum((s**2).sum().item() for s in steps)
    return 1 - above / below

# %% ex09-step | right | NumPy
def explained(z, z_moved):
    import numpy as np

    step = (z_moved - z).numpy()
    return float(1 - np.sum((step - step.mean(axis=0)) ** 2) / np.sum(step**2))

# %% ex09-map | wrong | transposed | transpose
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution
    return both[:-1].T, both[-1]

# %% ex09-map | wrong | no ones | without b
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z, z_moved).solution
    return A, (z_moved - z @ A).mean(0)

# %% ex09-map | wrong | b is 0 | without b
def affine_map(z, z_moved):
    return torch.linalg.lstsq(z, z_moved).solution, torch.zeros(z.shape[1])

# %% ex09-map | wrong | the two swapped | changed places
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z_moved, torch.ones(len(z), 1)], 1), z).solution
    return both[:-1], both[-1]

# %% ex09-map | wrong | the differences fitted | differences were fitted
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved - z).solution
    return both[:-1], both[-1]

# %% ex09-map | wrong | mean step for b | mean step
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z - z.mean(0), z_moved - z_moved.mean(0)).solution
    return A, (z_moved - z).mean(0)

# %% ex09-map | wrong | mean of z_moved for b | mean of z_moved
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z - z.mean(0), z_moved - z_moved.mean(0)).solution
    return A, z_moved.mean(0)

# %% ex09-map | wrong | one step, no map | A
def affine_map(z, z_moved):
    return torch.eye(z.shape[1]), (z_moved - z).mean(0)

# %% ex09-map | wrong | b before A | shape
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution
    return both[-1], both[:-1]

# %% ex09-map | wrong | ones in front, cut at the end | A
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([torch.ones(len(z), 1), z], 1), z_moved).solution
    return both[:-1], both[-1]

# %% ex09-map | wrong | b as a row | shape
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution
    return both[:-1], both[-1:]

# %% ex09-map | wrong | in one piece | The pair (A, b)
def affine_map(z, z_moved):
    return torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution

# %% ex09-map | wrong | with a ridge | A
def affine_map(z, z_moved):
    one = torch.cat([z, torch.ones(len(z), 1)], 1)
    both = torch.linalg.solve(one.T @ one + torch.eye(one.shape[1]), one.T @ z_moved)
    return both[:-1], both[-1]

# %% ex09-map | wrong | in float64 | dtype
def affine_map(z, z_moved):
    one = torch.cat([z, torch.ones(len(z), 1)], 1).double()
    both = torch.linalg.lstsq(one, z_moved.double()).solution
    return both[:-1], both[-1]

# %% ex09-map | wrong | copied from the example | shape
def affine_map(z, z_moved):
    return torch.tensor([[2.0]]), torch.tensor([1.0])

# %% ex09-map | right | centred first
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z - z.mean(0), z_moved - z_moved.mean(0)).solution
    return A, z_moved.mean(0) - z.mean(0) @ A

# %% ex09-map | right | the normal equations
def affine_map(z, z_moved):
    one = F.pad(z, (0, 1), value=1.0)
    both = torch.linalg.solve(one.T @ one, one.T @ z_moved)
    A, b = both.split([z.shape[1], 1])
    return A, b[0]

# %% ex09-map | right | NumPy, unit by unit
def affine_map(z, z_moved):
    import numpy as np

    one = np.hstack([np.ones((len(z), 1)), z.numpy()])
    columns = [np.linalg.lstsq(one, target, rcond=None)[0] for target in z_moved.numpy().T]
    both = torch.tensor(np.stack(columns, 1), dtype=torch.float32)
    return [both[1:], both[0]]

# %% ex09-map | right | pseudo-inverse
def affine_map(z, z_moved):
    both = torch.linalg.pinv(torch.hstack([z, torch.ones(z.shape[0], 1)])) @ z_moved
    return both[: z.shape[1]], both[z.shape[1]]
