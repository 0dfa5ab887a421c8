# Answers to set 09, wrong and right. classwork/tabulate.py says how they are written.

# %% energy: you averaged over the pixels; sum over them.
def energy(model, x):
    model_was = model.training
    model.eval()
    with torch.no_grad():
        e = ((x - model(x)) ** 2).mean(dim=(1, 2, 3))
    model.train(model_was)
    return e


# %% energy: you summed over the images too; each keeps its own number.
@torch.no_grad()
def energy(model, x):
    return ((x - model(x)) ** 2).sum()


# %% energy: everything was averaged; sum over the pixels, and let each image keep its number.
@torch.no_grad()
def energy(model, x):
    return F.mse_loss(model(x), x)


# %% energy: you averaged over the images too; each keeps its own number.
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).square().flatten(1).sum(1).mean()


# %% energy: the root was taken; the energy is the square of the length.
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).flatten(1).norm(dim=1)


# %% energy: the differences have to be squared; these are their sizes.
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).abs().sum((1, 2, 3))


# %% energy: the error was divided by ‖x‖²: that is the lecture's second score.
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).square().sum((1, 2, 3)) / x.square().sum((1, 2, 3))


# %% energy, caught: summed over rows only
@torch.no_grad()
def energy(model, x):
    return (x - model(x)).square().sum((1, 2))


# %% energy: the model reconstructed in training mode; call model.eval() first.
def energy(model, x):
    with torch.no_grad():
        return (x - model(x)).square().flatten(1).sum(1)


# %% energy, caught: left in evaluation mode
def energy(model, x):
    model.eval()
    with torch.no_grad():
        return (x - model(x)).square().flatten(1).sum(1)


# %% energy, caught: always back to training
def energy(model, x):
    model.eval()
    with torch.no_grad():
        e = (x - model(x)).square().flatten(1).sum(1)
    model.train()
    return e


# %% energy, caught: with a graph
def energy(model, x):
    was = model.training
    model.eval()
    e = (x - model(x)).square().flatten(1).sum(1)
    model.train(was)
    return e


# %% energy, caught: the size of MNIST
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        e = (x - model(x)).square().view(-1, 784).sum(1)
    model.train(was)
    return e


# %% energy, caught: in float64
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        e = (x.double() - model(x).double()).square().flatten(1).sum(1)
    model.train(was)
    return e


# %% energy, caught: changes x in place
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        x -= model(x)
    model.train(was)
    return (x**2).flatten(1).sum(1)


# %% energy, caught: a list
def energy(model, x):
    was = model.training
    model.eval()
    with torch.no_grad():
        e = [((a - b) ** 2).sum().item() for a, b in zip(x, model(x))]
    model.train(was)
    return e


# %% energy, caught: copied from the example
def energy(model, x):
    return torch.tensor([4.0, 10.0])


# %% energy, caught: a part of 256 images at a time, the last part left out
def energy(model, x):
    training = model.training
    model.eval()
    with torch.no_grad():
        parts = [part - model(part) for part in x.split(256) if len(part) == 256 or len(x) < 256]
    model.train(training)
    return torch.cat(parts).square().flatten(1).sum(1)


# %% energy, caught: only the model runs without a graph
def energy(model, x):
    training = model.training
    model.eval()
    with torch.no_grad():
        x_hat = model(x)
    model.train(training)
    return (x - x_hat).square().flatten(1).sum(1)


# %% energy, right: mse_loss without reduction
def energy(model, x):
    was = model.training
    model.eval()
    with torch.inference_mode():
        e = F.mse_loss(model(x), x, reduction="none").sum(dim=(1, 2, 3))
    model.train(was)
    return e


# %% energy, right: image by image
def energy(model, x):
    mode = model.training
    model.train(False)
    rows = [torch.dist(one, model(one[None])[0]).detach() ** 2 for one in x]
    model.train(mode)
    return torch.stack(rows)


# %% energy, right: einsum
@torch.no_grad()
def energy(model, x):
    training = model.training
    d = x - model.eval()(x)
    if training:
        model.train()
    return torch.einsum("nchw,nchw->n", d, d)


# %% energy, right: the course's own helpers
def energy(model, x):
    from utils import metrics

    return metrics.squared_error(x, metrics.reconstruct(model, x)).detach()


# %% energy, caught: writes into the reconstruction, which is x itself where the model returns its
# input (nn.Identity, or nn.Dropout in evaluation mode): x is overwritten with zeros
def energy(model, x):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        error = model(x)
        error -= x
        result = error.square().flatten(1).sum(1)
    model.train(was_training)
    return result


# %% energy, caught: view needs contiguous memory, so a transposed or channels-last x raises an
# error
def energy(model, x):
    mode = model.training
    model.eval()
    with torch.no_grad():
        difference = x - model(x)
        result = (difference**2).view(len(x), -1).sum(dim=1)
    model.train(mode)
    return result


# %% energy, caught: the reconstruction clamped to -1..1
def energy(model, x):
    training = model.training
    model.eval()
    with torch.no_grad():
        differences = x - model(x).clamp(-1, 1)
    model.train(training)
    return differences.square().flatten(1).sum(1)


# %% energy, caught: two kinds of layer alone are put into evaluation mode
def energy(model, x):
    modes = [m.training for m in model.modules()]
    for m in model.modules():
        if isinstance(m, (nn.Dropout, nn.BatchNorm2d)):
            m.eval()
    with torch.no_grad():
        out = (x - model(x)).square().sum(dim=(1, 2, 3))
    for m, t in zip(model.modules(), modes):
        m.train(t)
    return out


# %% energy, caught: the square multiplied out, which cancels
def energy(model, x):
    training = model.training
    model.eval()
    with torch.no_grad():
        a, b = x.flatten(1), model(x).flatten(1)
        model.train(training)
        return (a * a).sum(1) + (b * b).sum(1) - 2 * (a * b).sum(1)


# %% auc: strange and normal have changed places: the strange image should have the larger score.
def roc_auc(scores, strange):
    return (scores[~strange][:, None] > scores[strange]).float().mean().item()


# %% auc: the winning pairs were counted; their share of all such pairs is asked for.
def roc_auc(scores, strange):
    a, b = scores[strange], scores[~strange]
    wins = 0.0
    for s in a:
        for n in b:
            wins += 1.0 if s > n else 0.5 if s == n else 0.0
    return wins


# %% auc: ties were not counted; each counts half.
def roc_auc(scores, strange):
    return (scores[strange][:, None] > scores[~strange]).float().mean().item()


# %% auc: ties were counted as won (>=); each counts half.
def roc_auc(scores, strange):
    return (scores[strange][:, None] >= scores[~strange]).float().mean().item()


# %% auc: ties were left out of the number of pairs as well; they belong to it.
def roc_auc(scores, strange):
    a, b = scores[strange][:, None], scores[~strange]
    return ((a > b).sum() / (a != b).sum().clamp(min=1)).item()


# %% auc: you divided by N²; only pairs of one strange and one normal image count.
def roc_auc(scores, strange):
    wins = (scores[:, None] > scores) & strange[:, None] & ~strange
    ties = (scores[:, None] == scores) & strange[:, None] & ~strange
    return (wins.float() + 0.5 * ties.float()).mean().item()


# %% auc: you divided by the number of all pairs of images; only pairs of one strange and one normal
# image count.
def roc_auc(scores, strange):
    a, b = scores[strange][:, None], scores[~strange]
    wins = ((a > b).float() + 0.5 * (a == b).float()).sum().item()
    return wins / (len(scores) * (len(scores) - 1) / 2)


# %% auc: each score was compared with the mean score; compare each strange image with each normal
# one.
def roc_auc(scores, strange):
    return ((scores > scores.mean()) == strange).float().mean().item()


# %% auc: each strange image was compared with one normal image only (zip?); compare it with all.
def roc_auc(scores, strange):
    pairs = list(zip(scores[strange], scores[~strange]))
    return float(sum(float(a > b) + 0.5 * float(a == b) for a, b in pairs) / len(pairs))


# %% auc, caught: mean against mean
def roc_auc(scores, strange):
    return float(scores[strange].mean() > scores[~strange].mean())


# %% auc: strange and normal have changed places.
def roc_auc(scores, strange):
    high, low = scores[strange][:, None], scores[~strange]
    value = ((high > low).float() + 0.5 * (high == low).float()).mean().item()
    return max(value, 1 - value)


# %% auc, caught: a tensor
def roc_auc(scores, strange):
    high, low = scores[strange][:, None], scores[~strange]
    return ((high > low).float() + 0.5 * (high == low).float()).mean()


# %% auc, caught: sorts the caller's scores
def roc_auc(scores, strange):
    high, low = scores[strange][:, None], scores[~strange]
    value = ((high > low).float() + 0.5 * (high == low).float()).mean().item()
    scores.copy_(scores.sort().values)
    return value


# %% auc, caught: ranks of a sort, ties by order
def roc_auc(scores, strange):
    rank = torch.empty(len(scores))
    rank[scores.argsort(stable=True)] = torch.arange(1.0, len(scores) + 1)
    s, m = strange.sum().item(), (~strange).sum().item()
    return (rank[strange].sum().item() - s * (s + 1) / 2) / (s * m)


# %% auc, caught: copied from the example
def roc_auc(scores, strange):
    return 0.875


# %% auc, caught: nearly equal scores are ties
def roc_auc(scores, strange):
    high, low = scores[strange][:, None], scores[~strange]
    ties = torch.isclose(high, low)
    return (((high > low) & ~ties).float() + 0.5 * ties.float()).mean().item()


# %% auc, caught: float32 scores
def roc_auc(scores, strange):
    scores = scores.float()
    high, low = scores[strange][:, None], scores[~strange]
    return ((high > low).float() + 0.5 * (high == low).float()).mean().item()


# %% auc, caught: thresholds on an even grid
def roc_auc(scores, strange):
    t = torch.linspace(scores.min() - 1, scores.max() + 1, 4_000, dtype=scores.dtype).flip(0)
    hits = (scores[strange] >= t[:, None]).double().mean(1)
    false = (scores[~strange] >= t[:, None]).double().mean(1)
    return torch.trapezoid(hits, false).item()


# %% auc, caught: by a smooth step
def roc_auc(scores, strange):
    return torch.sigmoid(1e4 * (scores[strange][:, None] - scores[~strange])).mean().item()


# %% auc, right: scikit-learn
def roc_auc(scores, strange):
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(strange.numpy(), scores.numpy()))


# %% auc, right: two loops
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


# %% auc, right: the sign of the differences
def roc_auc(scores, strange):
    d = scores[strange].unsqueeze(1) - scores[~strange].unsqueeze(0)
    return (d.sign().mean().item() + 1) / 2


# %% auc, right: by ranks, ties shared
def roc_auc(scores, strange):
    low = scores[~strange].sort().values
    high = scores[strange].contiguous()
    below, upto = torch.searchsorted(low, high), torch.searchsorted(low, high, right=True)
    return ((below + upto).double().mean() / (2 * len(low))).item()


# %% auc, caught: differences below 1e-12 count as ties
def roc_auc(scores, strange):
    a, b = scores[strange][:, None], scores[~strange]
    d = a - b
    return (torch.sign(d) * (d.abs() > 1e-12) * 0.5 + 0.5).mean().item()


# %% auc, caught: the first 1,000 images of each kind alone
def roc_auc(scores, strange):
    most = 1000
    pos = scores[strange][:most]
    neg = scores[~strange][:most]
    pairs = pos[:, None] - neg[None, :]
    return float((pairs > 0).double().mean() + 0.5 * (pairs == 0).double().mean())


# %% head: no gradient was ever zeroed, not even those of an earlier run.
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


# %% head: the gradients of an earlier run count; zero them before the first backward.
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


# %% head: the gradients of all steps add up; zero them in each step.
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


# %% head: the head does not learn: look for no_grad, or a step that is missing.
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


# %%
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


# %% head: these are the losses after each step.
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


# %% head: the losses of the images were summed; average them.
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


# %% head: F.cross_entropy takes logits; a softmax comes first here.
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


# %% head, caught: Adam
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


# %% head, caught: encoder inside the loop
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


# %% head, caught: encoder in training mode
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


# %% head, caught: codes with a graph
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


# %% head, caught: graph kept: the encoder gets gradients
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


# %% head, caught: the whole model trained
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


# %% head, caught: head under no_grad too
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


# %% head, caught: a list of tensors
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


# %% head, caught: a copy of the head learns
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


# %% head, caught: the last loss only
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


# %% head, caught: 256 images
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)[:256]
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels[:256])
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


# %% head, caught: at least one step
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    while True:
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if len(losses) >= steps:
            return losses


# %% head, caught: learning rate of at most 1
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=min(lr, 1.0)), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


# %% head, caught: the head left in evaluation mode
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
        optimiser.step()
    head.eval()
    return losses


# %% head, right: CrossEntropyLoss, and frozen for good
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


# %% head, right: gradient descent by hand
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


# %% head, right: one-hot labels
def train_head(encoder, head, x, labels, steps, lr):
    with torch.inference_mode():
        z = encoder.eval()(x)
    z, losses = z.clone(), []
    optimiser = torch.optim.SGD(list(head.parameters()), lr=lr, momentum=0.0)
    while len(losses) < steps:
        answer = head(z)
        target = F.one_hot(labels, answer.shape[1]).to(z.dtype)
        loss = F.cross_entropy(answer, target)
        head.zero_grad()
        loss.backward()
        losses.append(loss.item())
        optimiser.step()
    return losses


# %% head, caught: head in evaluation mode while it learns
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    head.eval()
    for _ in range(steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    head.train()
    return losses


# %% head, caught: the first 512 images alone
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        loss = F.cross_entropy(head(z[:512]), labels[:512])
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


# %% head, right: the head put into training mode first
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    head.train()
    with torch.no_grad():
        z = encoder(x)
    optimiser, losses = torch.optim.SGD(head.parameters(), lr=lr), []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = F.cross_entropy(head(z), labels)
        loss.backward()
        losses.append(loss.item())
        optimiser.step()
    return losses


# %% head, caught: gradients clipped to a length of 100
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        codes = encoder(x)
    optimizer = torch.optim.SGD(head.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(head(codes), labels)
        losses.append(loss.item())
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 100.0)
        optimizer.step()
    return losses


# %% head, caught: stops where the loss is small
def train_head(encoder, head, x, labels, steps, lr):
    encoder.eval()
    with torch.no_grad():
        codes = encoder(x)
    optimizer = torch.optim.SGD(head.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(head(codes), labels)
        losses.append(loss.item())
        if losses[-1] < 1e-4:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


# %% tune: the encoder learns from the start; in the first steps, the head learns alone.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    encoder.requires_grad_(True)
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for _ in range(warm + steps):
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


# %% tune: the encoder never learns: it is frozen still, or its codes have no graph.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for _ in range(warm + steps):
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %%
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    with torch.no_grad():
        z = encoder(x)
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: the two learning rates have changed places.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_head}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_encoder), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: the encoder learns with lr_head too; it has a learning rate of its own.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    both = [*encoder.parameters(), *head.parameters()]
    optimiser, losses = torch.optim.SGD(both, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: in the later steps the head learns with lr_encoder; it keeps lr_head.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    losses = []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        both = [*encoder.parameters(), *head.parameters()] if step >= warm else head.parameters()
        optimiser = torch.optim.SGD(both, lr=lr_encoder if step >= warm else lr_head)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: gradients have piled up in the encoder while the head learned alone; set them to zero
# too, or set the encoder free later.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    encoder.requires_grad_(True)
    of_head = torch.optim.SGD(head.parameters(), lr=lr_head)
    of_encoder, losses = torch.optim.SGD(encoder.parameters(), lr=lr_encoder), []
    for step in range(warm + steps):
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        of_head.zero_grad()
        if step > warm:
            of_encoder.zero_grad()
        loss.backward()
        of_head.step()
        if step >= warm:
            of_encoder.step()
    return losses


# %% tune: the encoder's gradients add up from step to step; set them to zero in each.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    of_head = torch.optim.SGD(head.parameters(), lr=lr_head)
    of_encoder, losses = torch.optim.SGD(encoder.parameters(), lr=lr_encoder), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        of_head.zero_grad()
        loss.backward()
        of_head.step()
        of_encoder.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: in the later steps the encoder learns alone; the head goes on learning.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    of_head = torch.optim.SGD(head.parameters(), lr=lr_head)
    of_encoder, losses = torch.optim.SGD(encoder.parameters(), lr=lr_encoder), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        optimiser = of_head if step < warm else of_encoder
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: warm steps are part of steps here; there are warm + steps in all.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: the encoder is set free one step too late.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step > warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune: the gradients of an earlier run count; set them to zero before the first backward.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    encoder.requires_grad_(True)
    return losses


# %% tune: these are the losses after each step.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        optimiser.zero_grad()
        F.cross_entropy(head(encoder(x)), labels).backward()
        optimiser.step()
        losses.append(F.cross_entropy(head(encoder(x)), labels).item())
    encoder.requires_grad_(True)
    return losses


# %% tune: only the losses of the later steps came; those of the head alone belong to the list.
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses[warm:]


# %% tune, caught: in training mode
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    encoder.train()
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True).eval()
    return losses


# %% tune, caught: still frozen where there are no later steps
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


# %% tune, caught: frozen again at the end
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(False)
    return losses


# %% tune, caught: the weights alone are set free
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        if step >= warm:
            for name, p in encoder.named_parameters():
                p.requires_grad_("weight" in name)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


# %% tune, caught: the codes of the start for the head alone, with a graph that is used up
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    encoder.requires_grad_(True)
    z = encoder(x)
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for _ in range(warm + steps):
        loss = F.cross_entropy(head(z), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


# %% tune, caught: 256 images at a time
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x[:256])), labels[:256])
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune, caught: momentum
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head, momentum=0.9), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune, caught: a list of tensors
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        losses.append(F.cross_entropy(head(encoder(x)), labels))
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune, right: codes once for the head, then both
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    z, losses = encoder(x), []
    optimiser = torch.optim.SGD(head.parameters(), lr=lr_head)
    for step in range(warm + steps):
        if step == warm:
            optimiser.add_param_group({"params": list(encoder.parameters()), "lr": lr_encoder})
            encoder.requires_grad_()
        optimiser.zero_grad()
        loss = F.cross_entropy(head(z if step < warm else encoder(x)), labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    for p in encoder.parameters():
        p.requires_grad = True
    return losses


# %% tune, right: gradient descent by hand
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    encoder.requires_grad_(True)
    losses = []
    for step in range(warm + steps):
        loss = nn.CrossEntropyLoss()(head(encoder(x)), labels)
        losses.append(float(loss.detach()))
        parts = [(p, lr_head) for p in head.parameters()]
        if step >= warm:
            parts += [(p, lr_encoder) for p in encoder.parameters()]
        slopes = torch.autograd.grad(loss, [p for p, _ in parts])
        with torch.no_grad():
            for (p, lr), slope in zip(parts, slopes):
                p -= lr * slope
    return losses


# %% tune, right: two optimisers
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    encoder.requires_grad_(True)
    of_head = torch.optim.SGD(head.parameters(), lr=lr_head)
    of_encoder, losses = torch.optim.SGD(encoder.parameters(), lr=lr_encoder), []
    for step in range(warm + steps):
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses += [loss.item()]
        for optimiser in (of_head, of_encoder):
            optimiser.zero_grad()
        loss.backward()
        of_head.step()
        if step >= warm:
            of_encoder.step()
    return losses


# %% tune, caught: head in evaluation mode while it learns
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    head.eval()
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    head.train()
    return losses


# %% tune, caught: the first 512 images alone
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    groups = [{"params": encoder.parameters(), "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x[:512])), labels[:512])
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune, caught: batch normalisation does not learn
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    moving = [
        p
        for m in encoder.modules()
        if not isinstance(m, nn.BatchNorm1d)
        for p in m.parameters(False)
    ]
    groups = [{"params": moving, "lr": lr_encoder}, {"params": head.parameters()}]
    optimiser, losses = torch.optim.SGD(groups, lr=lr_head), []
    for step in range(warm + steps):
        encoder.requires_grad_(step >= warm)
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    encoder.requires_grad_(True)
    return losses


# %% tune, right: both modes set first, two optimisers
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    encoder.eval()
    head.train()
    losses = []
    first = torch.optim.SGD(head.parameters(), lr=lr_head)
    for _ in range(warm):
        first.zero_grad()
        with torch.no_grad():
            z = encoder(x)
        loss = nn.CrossEntropyLoss()(head(z), labels)
        loss.backward()
        first.step()
        losses.append(loss.item())
    for p in encoder.parameters():
        p.requires_grad = True
    both = torch.optim.SGD(
        [
            {"params": encoder.parameters(), "lr": lr_encoder},
            {"params": head.parameters(), "lr": lr_head},
        ]
    )
    for _ in range(steps):
        both.zero_grad()
        loss = nn.CrossEntropyLoss()(head(encoder(x)), labels)
        loss.backward()
        both.step()
        losses.append(loss.item())
    return losses


# %% tune, caught: only some kinds of layers set free
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    def set_free():
        for module in encoder.modules():
            if isinstance(module, (nn.Linear, nn.Conv2d, nn.BatchNorm1d)):
                for p in module.parameters():
                    p.requires_grad_(True)

    losses = []
    head_optimizer = torch.optim.SGD(head.parameters(), lr=lr_head)
    for _ in range(warm):
        with torch.no_grad():
            codes = encoder(x)
        loss = F.cross_entropy(head(codes), labels)
        losses.append(loss.item())
        head_optimizer.zero_grad()
        loss.backward()
        head_optimizer.step()

    set_free()
    both = torch.optim.SGD(
        [
            {"params": list(encoder.parameters()), "lr": lr_encoder},
            {"params": list(head.parameters()), "lr": lr_head},
        ],
        lr=lr_head,
    )
    for _ in range(steps):
        loss = F.cross_entropy(head(encoder(x)), labels)
        losses.append(loss.item())
        both.zero_grad()
        loss.backward()
        both.step()
    return losses


# %% tune, caught: clipped at 5
def fine_tune(encoder, head, x, labels, warm, steps, lr_encoder, lr_head):
    parameters = list(encoder.parameters()) + list(head.parameters())
    optimizer = torch.optim.SGD(
        [
            {"params": list(encoder.parameters()), "lr": lr_encoder},
            {"params": list(head.parameters()), "lr": lr_head},
        ],
        lr=lr_head,
    )
    losses = []
    for i in range(warm + steps):
        encoder.requires_grad_(i >= warm)
        optimizer.zero_grad()
        loss = F.cross_entropy(head(encoder(x)), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        losses.append(loss.item())
        optimizer.step()
    encoder.requires_grad_(True)
    return losses


# %% agree: the sign of the correction: it is small minus the mean that is there.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = F.avg_pool2d(x_hat, k) - small
    return x_hat + off.repeat_interleave(k, 2).repeat_interleave(k, 3)


# %% agree: the correction was shared out (divided by k²); each pixel needs all of it.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = (small - F.avg_pool2d(x_hat, k)) / k**2
    return x_hat + off.repeat_interleave(k, 2).repeat_interleave(k, 3)


# %% agree: the squares were scaled: the right means, but not the nearest such image.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat * F.interpolate(small / F.avg_pool2d(x_hat, k), scale_factor=k)


# %% agree: this is the small image made large: what x_hat knew inside the squares is lost.
def agree(x_hat, small):
    return F.interpolate(small, size=x_hat.shape[2:]) + 0 * x_hat


# %% agree: small was added without taking away the means that are there.
def agree(x_hat, small):
    return x_hat + F.interpolate(small, size=x_hat.shape[2:])


# %% agree: the correction is in the wrong places: repeat puts copies of the whole side by side.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat + (small - F.avg_pool2d(x_hat, k)).repeat(1, 1, k, k)


# %% agree: the correction was smoothed by interpolation: the means are not exact any more.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k, mode="bilinear")


# %% agree: only one pixel of each square was changed; a change spread over all of them is smaller.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    out = x_hat.clone()
    out[:, :, ::k, ::k] += k**2 * (small - F.avg_pool2d(x_hat, k))
    return out


# %% agree: the result was cut off at 0 and 1; leave such values, or the means are not exact.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return (x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)).clamp(0, 1)


# %% agree, caught: k is 2
def agree(x_hat, small):
    off = small - F.avg_pool2d(x_hat, 2)
    return x_hat + off.repeat_interleave(2, 2).repeat_interleave(2, 3)


# %% agree, caught: the size of the lecture
def agree(x_hat, small):
    k = 28 // small.shape[-1]
    off = small - F.avg_pool2d(x_hat, k)
    return x_hat + F.interpolate(off, size=28)


# %% agree: the correction is cut off from the graph, as if it did not depend on x_hat.
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    with torch.no_grad():
        off = F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)
    return x_hat + off


# %% agree, caught: all under no_grad
@torch.no_grad()
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)


# %% agree, caught: in place
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)
    x_hat += off
    return x_hat


# %% agree, caught: one mean for the whole image
def agree(x_hat, small):
    return x_hat + (small.mean((2, 3), keepdim=True) - x_hat.mean((2, 3), keepdim=True))


# %% agree, caught: copied from the example
def agree(x_hat, small):
    return torch.tensor([[[[0.4, 0.5], [0.6, 0.5]]]])


# %% agree, caught: no gradient for small
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = small.detach() - F.avg_pool2d(x_hat, k)
    return x_hat + off.repeat_interleave(k, 2).repeat_interleave(k, 3)


# %% agree, caught: the correction limited to 1
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    off = (small - F.avg_pool2d(x_hat, k)).clamp(-1, 1)
    return x_hat + off.repeat_interleave(k, 2).repeat_interleave(k, 3)


# %% agree, right: interpolate copies the nearest
def agree(x_hat, small):
    k = x_hat.shape[-2] // small.shape[-2]
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)


# %% agree, right: six dimensions and broadcasting
def agree(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[2] // h
    cut = x_hat.reshape(N, C, h, k, w, k)
    cut = cut - cut.mean((3, 5), keepdim=True) + small[:, :, :, None, :, None]
    return cut.reshape(x_hat.shape)


# %% agree, right: Kronecker product
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    ones = torch.ones(k, k)
    off = small - F.avg_pool2d(x_hat, k)
    return x_hat + torch.kron(off, ones[None, None])


# %% agree, right: square by square
def agree(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    rows = []
    for i in range(small.shape[2]):
        row = []
        for j in range(small.shape[3]):
            square = x_hat[:, :, i * k : (i + 1) * k, j * k : (j + 1) * k]
            row.append(square + (small[:, :, i, j] - square.mean((2, 3)))[..., None, None])
        rows.append(torch.cat(row, 3))
    return torch.cat(rows, 2)


# %% agree, caught: x_hat as it is where its means are nearly right
def agree(x_hat, small):
    k = x_hat.shape[2] // small.shape[2]
    shrunk = F.avg_pool2d(x_hat, k)
    if torch.allclose(shrunk, small, atol=1e-3):
        return x_hat
    return x_hat + F.interpolate(small - shrunk, scale_factor=k, mode="nearest")


# %% range: the means are right before the cutting, not after it: delta has to make up for what is
# cut off.
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return (x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)).clamp(0, 1)


# %%
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -x.amax((3, 5), keepdim=True), 1 - x.amin((3, 5), keepdim=True)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range: this is the image of 4a; values below 0 and above 1 are left.
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)


# %% range: x_hat was cut off first, and then moved: values below 0 and above 1 came out again.
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    x_hat = x_hat.clamp(0, 1)
    return x_hat + F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)


# %% range: x_hat was cut off at 0 and 1 before delta was added: what it knew beyond the range is
# lost.
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.clamp(0, 1).reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -torch.ones_like(wanted), torch.ones_like(wanted)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range: the image was corrected and cut off again and again: the means are right, but it is not
# the nearest. Add one delta to x_hat itself.
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    for _ in range(2000):
        off = F.interpolate(small - F.avg_pool2d(x_hat, k), scale_factor=k)
        x_hat = (x_hat + off).clamp(0, 1)
    return x_hat


# %% range: the values were squeezed into the range by a factor; delta is added, and the rest cut
# off.
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    x = x - x.amin((3, 5), keepdim=True)
    x = x / x.amax((3, 5), keepdim=True).clamp(min=1e-12)
    mean, wanted = x.mean((3, 5), keepdim=True), small[:, :, :, None, :, None]
    darker, lighter = x * wanted / mean, 1 - (1 - x) * (1 - wanted) / (1 - mean)
    return torch.where(wanted < mean, darker, lighter).reshape(x_hat.shape)


# %% range: one delta was found for the whole image; each square has its own.
def agree_in_range(x_hat, small):
    low, high = -x_hat.amax((2, 3), keepdim=True), 1 - x_hat.amin((2, 3), keepdim=True)
    wanted = small.mean((2, 3), keepdim=True)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x_hat + middle).clamp(0, 1).mean((2, 3), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x_hat + high).clamp(0, 1)


# %% range: the search went the wrong way: where the mean comes out below, delta has to grow.
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -x.amax((3, 5), keepdim=True), 1 - x.amin((3, 5), keepdim=True)
    for _ in range(60):
        middle = (low + high) / 2
        above = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) > wanted
        low, high = torch.where(above, middle, low), torch.where(above, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range: this is the small image made large: what x_hat knew inside the squares is lost.
def agree_in_range(x_hat, small):
    return F.interpolate(small, size=x_hat.shape[2:]) + 0 * x_hat


# %% range, caught: delta between -1 and 1
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -torch.ones_like(wanted), torch.ones_like(wanted)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range, caught: delta between -100 and 100
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -100 * torch.ones_like(wanted), 100 * torch.ones_like(wanted)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range, caught: ten halvings
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -x.amax((3, 5), keepdim=True), 1 - x.amin((3, 5), keepdim=True)
    for _ in range(10):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range, caught: the ends of the whole image, 20 halvings
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -x.max() * torch.ones_like(wanted), (1 - x.min()) * torch.ones_like(wanted)
    for _ in range(12):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + middle).clamp(0, 1).reshape(x_hat.shape)


# %% range, caught: Newton steps on the mean, which stop where all pixels are cut off
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    delta = torch.zeros_like(small)[:, :, :, None, :, None]
    for _ in range(50):
        moved = x + delta
        free = ((moved > 0) & (moved < 1)).to(x.dtype).mean((3, 5), keepdim=True)
        off = small[:, :, :, None, :, None] - moved.clamp(0, 1).mean((3, 5), keepdim=True)
        delta = delta + torch.where(free > 0, off / free.clamp(min=1e-12), 0.0)
    return (x + delta).clamp(0, 1).reshape(x_hat.shape)


# %% range, caught: steps along the gradient, too few
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    delta = torch.zeros_like(small)
    for _ in range(100):
        moved = (x_hat + F.interpolate(delta, scale_factor=k)).clamp(0, 1)
        delta = delta + (small - F.avg_pool2d(moved, k))
    return (x_hat + F.interpolate(delta, scale_factor=k)).clamp(0, 1)


# %% range, caught: k is 2
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    x = x_hat.reshape(N, C, h, 2, w, 2)
    wanted = small[:, :, :, None, :, None]
    low, high = -x.amax((3, 5), keepdim=True), 1 - x.amin((3, 5), keepdim=True)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range, caught: grey images only
def agree_in_range(x_hat, small):
    N, _, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat[:, 0].reshape(N, h, k, w, k)
    wanted = small[:, 0, :, None, :, None]
    low, high = -x.amax((2, 4), keepdim=True), 1 - x.amin((2, 4), keepdim=True)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((2, 4), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(N, 1, *x_hat.shape[2:])


# %% range, caught: float32
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.float().reshape(N, C, h, k, w, k)
    wanted = small.float()[:, :, :, None, :, None]
    low, high = -x.amax((3, 5), keepdim=True), 1 - x.amin((3, 5), keepdim=True)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape).to(x_hat.dtype)


# %% range, caught: x_hat cut off in place
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    delta = torch.zeros_like(small)
    start = x_hat.clone()
    for _ in range(5000):
        x_hat.copy_((start + F.interpolate(delta, scale_factor=k)).clamp(0, 1))
        delta = delta + (small - F.avg_pool2d(x_hat, k))
    return x_hat.clone()


# %% range, right: square by square
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    out = torch.empty_like(x_hat)
    N, C, h, w = small.shape
    for place in torch.cartesian_prod(*map(torch.arange, (N, C, h, w))).tolist():
        n, c, i, j = place
        where = (n, c, slice(i * k, (i + 1) * k), slice(j * k, (j + 1) * k))
        square, wanted = x_hat[where].double(), small[n, c, i, j].item()
        low, high = -square.max().item(), 1 - square.min().item()
        for _ in range(60):
            middle = 0.5 * (low + high)
            if (square + middle).clamp(0, 1).mean().item() < wanted:
                low = middle
            else:
                high = middle
        out[where] = (square + 0.5 * (low + high)).clamp(0, 1).to(out.dtype)
    return out


# %% range, right: by sorted breakpoints
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.double().unflatten(3, (w, k)).unflatten(2, (h, k)).movedim(3, 4).flatten(4)
    breaks = torch.cat([-x, 1 - x], 4).sort(4).values
    means = (x[..., None] + breaks[..., None, :]).clamp(0, 1).mean(4)
    wanted = small.double()[..., None]
    upper = torch.searchsorted(means, wanted).clamp(1, means.shape[-1] - 1)
    a, b = breaks.gather(4, upper - 1), breaks.gather(4, upper)
    low, high = means.gather(4, upper - 1), means.gather(4, upper)
    share = torch.where(high > low, (wanted - low) / (high - low), 0.0)
    out = (x + a + share * (b - a)).clamp(0, 1)
    out = out.unflatten(4, (k, k)).movedim(4, 3)
    return out.reshape(x_hat.shape).to(x_hat.dtype)


# %% range, right: view
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.view(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low, high = -x.amax((3, 5), keepdim=True), 1 - x.amin((3, 5), keepdim=True)
    for _ in range(60):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).view(x_hat.shape)


# %% range, caught: one start interval for all squares and 24 halvings: with a pixel of 10,000
# anywhere the step that is left is far from float32's digits, for the tame squares too
def agree_in_range(x_hat, small):
    k = x_hat.shape[2] // small.shape[2]

    def spread(t):
        return t.repeat_interleave(k, 2).repeat_interleave(k, 3)

    low = torch.zeros_like(small) - x_hat.max()
    high = torch.zeros_like(small) + 1 - x_hat.min()
    for _ in range(24):  # float32 has 24 binary digits
        middle = (low + high) / 2
        below = F.avg_pool2d((x_hat + spread(middle)).clamp(0, 1), k) < small
        low = torch.where(below, middle, low)
        high = torch.where(below, high, middle)
    return (x_hat + spread((low + high) / 2)).clamp(0, 1)


# %% range, caught: delta between -10,050 and 10,050
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[-1] // w
    x = x_hat.reshape(N, C, h, k, w, k)
    wanted = small[:, :, :, None, :, None]
    low = torch.full_like(wanted, -10050)
    high = -low
    for _ in range(100):
        middle = (low + high) / 2
        below = (x + middle).clamp(0, 1).mean((3, 5), keepdim=True) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x + high).clamp(0, 1).reshape(x_hat.shape)


# %% range, right: fixed interval, 100 halvings
def agree_in_range(x_hat, small):
    k = x_hat.shape[-1] // small.shape[-1]
    low = torch.full_like(small, -20_001)
    high = torch.full_like(small, 20_001)
    big = lambda t: t.repeat_interleave(k, 2).repeat_interleave(k, 3)
    for _ in range(100):
        middle = (low + high) / 2
        below = F.avg_pool2d((x_hat + big(middle)).clamp(0, 1), k) < small
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (x_hat + big((low + high) / 2)).clamp(0, 1)


# %% range, caught: delta between -20,000 and 20,000
def agree_in_range(x_hat, small):
    N, C, h, w = small.shape
    k = x_hat.shape[2] // h
    squares = x_hat.detach().reshape(N, C, h, k, w, k)
    wanted = small.detach().reshape(N, C, h, 1, w, 1)
    low = torch.full_like(wanted, -20000.0)
    high = torch.full_like(wanted, 20000.0)
    for _ in range(100):
        mid = (low + high) / 2
        mean = (squares + mid).clamp(0, 1).mean(dim=(3, 5), keepdim=True)
        low = torch.where(mean < wanted, mid, low)
        high = torch.where(mean < wanted, high, mid)
    return (squares + high).clamp(0, 1).reshape(x_hat.shape)


# %% round: these are steps of (high - low) / 2**bits; between four levels lie three steps.
def rounded(z, low, high, bits):
    step = (high - low) / 2**bits
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round: you cut off instead of rounding to the nearest: .round(), not .floor(), .int() or //.
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).floor()


# %%
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).int()


# %% round: these are the indices of the levels; return the levels themselves.
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return ((z.clamp(low, high) - low) / step).round()


# %% round: low was not added again at the end.
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return step * ((z.clamp(low, high) - low) / step).round()


# %% round: all units share one range here; each unit has its own.
def rounded(z, low, high, bits):
    low, high = low.min(), high.max()
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round: each level is the middle of a cell; here the first level is low, the last high.
def rounded(z, low, high, bits):
    cell = (high - low) / 2**bits
    index = ((z - low) / cell).floor().clamp(0, 2**bits - 1)
    return low + cell * (index + 0.5)


# %% round: the range was cut into as many levels as there are bits; b bits tell 2**b levels apart.
def rounded(z, low, high, bits):
    step = (high - low) / (bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round: numbers beyond the range were given levels that don't exist; the last levels are low and
# high.
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return low + step * ((z - low) / step).round()


# %% round: numbers beyond the range were left as they are.
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    inside = (z >= low) & (z <= high)
    return torch.where(inside, low + step * ((z - low) / step).round(), z)


# %% round, caught: range taken from z itself
def rounded(z, low, high, bits):
    low, high = z.min(0).values, z.max(0).values
    step = (high - low) / (2**bits - 1)
    return low + step * ((z - low) / step).round()


# %% round, caught: clamped in place
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    z = z.clamp_(low, high)
    return low + step * ((z - low) / step).round()


# %% round, caught: in float64
def rounded(z, low, high, bits):
    low, high = low.double(), high.double()
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round, caught: two bits, as in the example
def rounded(z, low, high, bits):
    step = (high - low) / 3
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round, caught: copied from the example
def rounded(z, low, high, bits):
    return torch.tensor([[0.0], [2.0], [3.0]])


# %% round, caught: a small number in the step
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1) + 1e-8
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round, caught: steps of at least 1e-5
def rounded(z, low, high, bits):
    step = ((high - low) / (2**bits - 1)).clamp(min=1e-5)
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round, caught: float32
def rounded(z, low, high, bits):
    z, low, high = z.float(), low.float(), high.float()
    step = (high - low) / (2**bits - 1)
    return low + step * ((z.clamp(low, high) - low) / step).round()


# %% round, caught: levels rounded to four digits
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    return (low + step * ((z.clamp(low, high) - low) / step).round()).mul(1e4).round().div(1e4)


# %% round, caught: half precision between
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    share = ((z.clamp(low, high) - low) / (high - low)).half().to(z.dtype)
    return low + step * (share * (2**bits - 1)).round()


# %% round, right: indices clamped afterwards
def rounded(z, low, high, bits):
    top = 2**bits - 1
    index = torch.round((z - low) * top / (high - low)).clamp(0, top)
    return low + index * (high - low) / top


# %% round, right: the nearest of a table of levels
def rounded(z, low, high, bits):
    t = torch.linspace(0, 1, 2**bits)
    table = low[:, None] + t * (high - low)[:, None]
    nearest = (z.clamp(low, high)[:, :, None] - table).abs().argmin(2)
    return torch.stack([table[j, nearest[:, j]] for j in range(z.shape[1])], 1)


# %% round, right: floor of a half more, unit by unit
def rounded(z, low, high, bits):
    out = torch.empty_like(z)
    for j in range(z.shape[1]):
        step = (high[j] - low[j]) / (2**bits - 1)
        inside = torch.minimum(torch.maximum(z[:, j], low[j]), high[j])
        out[:, j] = low[j] + torch.floor((inside - low[j]) / step + 0.5) * step
    return out


# %% round, right: unsigned bytes in between
def rounded(z, low, high, bits):
    top = 2**bits - 1
    u = ((z - low) / (high - low)).clamp(0, 1)
    packed = (u * top).round().to(torch.uint8)
    return torch.lerp(low.expand_as(z), high.expand_as(z), packed.to(z.dtype) / top)


# %% round, caught: indices as short integers before they are cut off
def rounded(z, low, high, bits):
    step = (high - low) / (2**bits - 1)
    index = ((z - low) / step).round().short().clamp(0, 2**bits - 1)
    return low + index * step


# %% round, caught: the nearest of a table, from which 1e20 is equally far everywhere
def rounded(z, low, high, bits):
    t = torch.linspace(0, 1, 2**bits)
    table = low[:, None] + t * (high - low)[:, None]
    nearest = (z[:, :, None] - table).abs().argmin(2)
    return torch.stack([table[j, nearest[:, j]] for j in range(z.shape[1])], 1)


# %% bill: the numbers of the decoder were counted, not their bytes: 4 each.
def pays_from(decoder, d, bits, rival):
    numbers = sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(numbers / saving) + 1 if saving > 0 else math.inf


# %% bill: the decoder was forgotten, or its frozen parameters were not counted.
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters() if p.requires_grad)
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill: only the weights were counted; the biases have to be sent as well.
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for name, p in decoder.named_parameters() if "weight" in name)
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill: the bytes of a code were rounded up; nothing is wasted between the numbers.
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - math.ceil(d * bits / 8)
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill: the bytes of the code were rounded down.
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits // 8
    return bill // saving + 1 if saving > 0 else math.inf


# %% bill: at this number of images our bytes are not yet fewer.
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return bill // saving if saving > 0 else math.inf


# %% bill, caught: ceil: equality counts
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.ceil(bill / saving) if saving > 0 else math.inf


# %% bill: this is the quotient; a number of images is whole, and our bytes must be fewer.
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return bill / saving if saving > 0 else math.inf


# %% bill: the bytes of our own codes were forgotten.
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    return math.floor(bill / rival) + 1


# %% bill, caught: floats of 4 bytes
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - 4 * d
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill, caught: bits for bytes
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill, caught: never is not thought of
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving else math.inf


# %% bill, caught: divides by a saving of 0
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving >= 0 else math.inf


# %% bill, caught: None for never
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    if saving > 0:
        return int(bill / saving) + 1


# %% bill, caught: a tensor
def pays_from(decoder, d, bits, rival):
    bill = 4 * nn.utils.parameters_to_vector(decoder.parameters()).numel()
    saving = torch.tensor(rival - d * bits / 8)
    return (bill / saving).floor() + 1 if saving > 0 else math.inf


# %% bill, caught: copied from the example
def pays_from(decoder, d, bits, rival):
    return 11 if rival > d * bits / 8 else math.inf


# %% bill, caught: a layer that is used twice is sent twice
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for _, p in decoder.named_parameters(remove_duplicate=False))
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill, caught: the state_dict, with a layer that is used twice
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(v.numel() for v in decoder.state_dict().values())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill, caught: affine maps alone
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(
        p.numel() for m in decoder.modules() if isinstance(m, nn.Linear) for p in m.parameters()
    )
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill, caught: the children's parameters, not the decoder's own
def pays_from(decoder, d, bits, rival):
    parts = list(decoder.children()) or [decoder]
    bill = 4 * sum(p.numel() for part in parts for p in part.parameters())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill, caught: the bytes in memory
def pays_from(decoder, d, bits, rival):
    bill = sum(p.numel() * p.element_size() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving > 0 else math.inf


# %% bill, caught: counts up to 100,000 images
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    for n in range(1, 100_000):
        if bill + n * d * bits / 8 < n * rival:
            return n
    return math.inf


# %% bill, caught: savings below a byte do not count
def pays_from(decoder, d, bits, rival):
    bill = 4 * sum(p.numel() for p in decoder.parameters())
    saving = rival - d * bits / 8
    return math.floor(bill / saving) + 1 if saving >= 1 else math.inf


# %% bill, right: whole numbers of bits
def pays_from(decoder, d, bits, rival):
    bill = sum(32 * p.numel() for p in decoder.parameters())
    saving = 8 * rival - d * bits
    if saving <= 0:
        return math.inf
    return bill // saving + 1


# %% bill, right: counting up
def pays_from(decoder, d, bits, rival):
    bill, code = 4 * sum(len(p.flatten()) for p in decoder.parameters()), d * bits / 8
    if code >= rival:
        return float("inf")
    n = 1
    while bill + n * code >= n * rival:
        n += 1
    return n


# %% bill, right: floor division, a float
def pays_from(decoder, d, bits, rival):
    bill = 4 * nn.utils.parameters_to_vector(decoder.parameters()).numel()
    saving = rival - d * bits / 8
    return float("inf") if saving <= 0 else bill // saving + 1.0


# %% bill, caught: counts module by module, so a parameter that two modules share is paid twice
def pays_from(decoder, d, bits, rival):
    numbers = 0
    for module in decoder.modules():
        for p in module.parameters(recurse=False):
            numbers += p.numel()
    saving = rival - d * bits / 8
    if saving <= 0:
        return math.inf
    return int(4 * numbers // saving) + 1


# %% bill, caught: counts up to a million images
def pays_from(decoder, d, bits, rival):
    ours = 4 * sum(p.numel() for p in decoder.parameters())
    each = d * bits / 8
    if each >= rival:
        return math.inf
    for n in range(1, 1_000_001):
        if ours + n * each < n * rival:
            return n
    return math.inf


# %% bill, caught: a parameter that equals an earlier one is left out
def pays_from(decoder, d, bits, rival):
    sent = []
    for p in decoder.parameters():
        if not any(torch.equal(p, q) for q in sent):
            sent.append(p)
    total = 4 * sum(p.numel() for p in sent)
    saving = 8 * rival - d * bits  # in bits
    if saving <= 0:
        return math.inf
    return 8 * total // saving + 1


# %% patch: the covered pixels count in the sum; multiply the differences by visible first.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (x - decoder(z)).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch: the search looked at the covered pixels, not at the visible ones.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = ((1 - visible) * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch, caught: mask on x only
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * x - decoder(z)).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch: the squares were averaged over images and pixels; sum them.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = F.mse_loss(visible * decoder(z), visible * x)
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch: the squares were averaged over the pixels; sum them.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().mean((1, 2, 3)).sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch: the steps are half of what they should be: a mean over the two images, or a derivative
# without its 2.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum((1, 2, 3)).mean()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %%
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = 0.5 * (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch, caught: gradients pile up
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


# %% patch: the search went uphill: z minus the gradient, not plus.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z + lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch: the picture is that of the code at the start: z was never moved.
def restore(decoder, x, visible, z, steps, lr):
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch: this is the decoder's whole picture; keep x where it is visible.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return decoder(z).detach()


# %% patch: visible and covered have changed places at the end.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, decoder(z), x).detach()


# %% patch: one step was done too few.
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    x_hat = decoder(z)
    for _ in range(steps):
        x_hat = decoder(z)
        (slope,) = torch.autograd.grad((visible * (x - x_hat)).square().sum(), z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, x_hat).detach()


# %% patch, caught: backward leaves gradients in the decoder
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    optimiser = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        (visible * (x - decoder(z))).square().sum().backward()
        optimiser.step()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch, caught: decoder left frozen
def restore(decoder, x, visible, z, steps, lr):
    decoder.requires_grad_(False)
    z = z.clone().requires_grad_()
    optimiser = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        (visible * (x - decoder(z))).square().sum().backward()
        optimiser.step()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch, caught: Adam
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    optimiser = torch.optim.Adam([z], lr=lr)
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        z.grad = torch.autograd.grad(loss, z)[0]
        optimiser.step()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch, caught: moves the caller's z
def restore(decoder, x, visible, z, steps, lr):
    for _ in range(steps):
        code = z.clone().requires_grad_()
        (slope,) = torch.autograd.grad((visible * (x - decoder(code))).square().sum(), code)
        z -= lr * slope
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: decoder put into training mode
def restore(decoder, x, visible, z, steps, lr):
    decoder.train()
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch, caught: caller's z asks for gradients
def restore(decoder, x, visible, z, steps, lr):
    z.requires_grad_()
    for _ in range(steps):
        (slope,) = torch.autograd.grad((visible * (x - decoder(z))).square().sum(), z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: graph on the result
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: slopes divided by their length over the batch
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope / slope.norm()).detach().requires_grad_()
    return torch.where(visible > 0, x, decoder(z)).detach()


# %% patch, caught: stops where the loss is small
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        if loss.item() < 1e-4:
            break
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: gradients clipped
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        slope = slope / slope.norm().clamp(min=1)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: codes kept between -3 and 3
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().clamp(-3, 3).requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: cut off at 0 and 1
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z)).clamp(0, 1)


# %% patch, caught: the best code, not the last
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    best, kept = float("inf"), z.detach()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
        with torch.no_grad():
            now = (visible * (x - decoder(z))).square().sum().item()
        if now < best:
            best, kept = now, z.detach()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(kept))


# %% patch, caught: the first channel alone
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z)))[:, 0].square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: the first 512 images alone count
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z)))[:512].square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: at most 20 steps
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(min(steps, 20)):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return torch.where(visible > 0, x, decoder(z))


# %% patch, caught: finite differences
def restore(decoder, x, visible, z, steps, lr):
    with torch.no_grad():
        for _ in range(steps):
            slope = torch.zeros_like(z)
            for j in range(z.shape[1]):
                e = torch.zeros_like(z)
                e[:, j] = 1e-3
                up = (visible * (x - decoder(z + e))).square().sum((1, 2, 3))
                down = (visible * (x - decoder(z - e))).square().sum((1, 2, 3))
                slope[:, j] = (up - down) / 2e-3
            z = z - lr * slope
        return torch.where(visible > 0, x, decoder(z))


# %% patch, right: backward through a frozen decoder, flags restored
def restore(decoder, x, visible, z, steps, lr):
    flags = [p.requires_grad for p in decoder.parameters()]
    decoder.requires_grad_(False)
    z = z.clone().requires_grad_()
    optimiser = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        ((visible * (x - decoder(z))) ** 2).sum().backward()
        optimiser.step()
    filled = visible * x + (1 - visible) * decoder(z.detach())
    for p, flag in zip(decoder.parameters(), flags):
        p.requires_grad_(flag)
    return filled


# %% patch, right: gradients cleaned up afterwards
def restore(decoder, x, visible, z, steps, lr):
    z = z.detach().clone()
    for _ in range(steps):
        z.requires_grad_(True)
        loss = F.mse_loss(decoder(z) * visible, x * visible, reduction="sum")
        loss.backward()
        z = z.detach() - lr * z.grad
    decoder.zero_grad()
    return torch.where(visible.bool(), x, decoder(z).detach())


# %% patch, right: torch.func.grad
def restore(decoder, x, visible, z, steps, lr):
    def energy(code):
        return (visible * (x - decoder(code))).pow(2).sum()

    for _ in range(steps):
        z = z - lr * torch.func.grad(energy)(z)
    with torch.no_grad():
        filled = decoder(z)
    filled = torch.where(visible == 1, x, filled)
    return filled


# %% patch, right: image by image, visible pixels picked out
def restore(decoder, x, visible, z, steps, lr):
    seen, out = visible.bool(), []
    for one, code in zip(x, z):
        code = code[None].clone().requires_grad_()
        for _ in range(steps):
            miss = (decoder(code)[0][:, seen] - one[:, seen]).flatten()
            slope = torch.autograd.grad(miss @ miss, code)[0]
            code = (code - lr * slope).detach().requires_grad_()
        filled = decoder(code).detach()[0]
        filled[:, seen] = one[:, seen]
        out.append(filled)
    return torch.stack(out)


# %% patch, caught: the difference added to x, which cancels under huge numbers
def restore(decoder, x, visible, z, steps, lr):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        loss = (visible * (x - decoder(z))).square().sum()
        (slope,) = torch.autograd.grad(loss, z)
        z = (z - lr * slope).detach().requires_grad_()
    with torch.no_grad():
        return x + (1 - visible) * (decoder(z) - x)


# %% patch: the differences were squared before visible made them 0: a huge one under the patch
# becomes infinite, and 0 times infinity is nan.
def restore(decoder, x, visible, z, steps, lr):
    z = z.detach().clone().requires_grad_(True)
    for _ in range(steps):
        loss = (visible * (x - decoder(z)) ** 2).sum()
        grad = torch.autograd.grad(loss, z)[0]
        z = (z.detach() - lr * grad).requires_grad_(True)
    with torch.no_grad():
        return torch.where(visible.bool(), x, decoder(z))


# %% patch, caught: one flag for all parameters
def restore(decoder, x, visible, z, steps, lr):
    flag = any(p.requires_grad for p in decoder.parameters())
    decoder.requires_grad_(False)
    code = z.detach().clone().requires_grad_(True)
    optimizer = torch.optim.SGD([code], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((visible * (x.detach() - decoder(code))) ** 2).sum()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        result = torch.where(visible > 0, x, decoder(code))
    decoder.requires_grad_(flag)
    return result


# %% map: this is the transpose: rows of z stand on the left, z @ A.
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution
    return both[:-1].T, both[-1]


# %% map: a map without b was fitted; the column of ones is missing.
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z, z_moved).solution
    return A, (z_moved - z @ A).mean(0)


# %%
def affine_map(z, z_moved):
    return torch.linalg.lstsq(z, z_moved).solution, torch.zeros(z.shape[1])


# %% map: this maps z_moved back to z: the two have changed places.
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z_moved, torch.ones(len(z), 1)], 1), z).solution
    return both[:-1], both[-1]


# %% map: the differences were fitted; the map leads from z to z_moved itself.
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved - z).solution
    return both[:-1], both[-1]


# %% map: this is the mean step; with a matrix in the map, b is another.
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z - z.mean(0), z_moved - z_moved.mean(0)).solution
    return A, (z_moved - z).mean(0)


# %% map: this is the mean of z_moved; what A makes of the mean of z has to be taken away.
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z - z.mean(0), z_moved - z_moved.mean(0)).solution
    return A, z_moved.mean(0)


# %% map, caught: one step, no map
def affine_map(z, z_moved):
    return torch.eye(z.shape[1]), (z_moved - z).mean(0)


# %% map, caught: b before A
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution
    return both[-1], both[:-1]


# %% map, caught: ones in front, cut at the end
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([torch.ones(len(z), 1), z], 1), z_moved).solution
    return both[:-1], both[-1]


# %% map, caught: b as a row
def affine_map(z, z_moved):
    both = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution
    return both[:-1], both[-1:]


# %% map, caught: in one piece
def affine_map(z, z_moved):
    return torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), z_moved).solution


# %% map, caught: with a ridge
def affine_map(z, z_moved):
    one = torch.cat([z, torch.ones(len(z), 1)], 1)
    both = torch.linalg.solve(one.T @ one + torch.eye(one.shape[1]), one.T @ z_moved)
    return both[:-1], both[-1]


# %% map, caught: in float64
def affine_map(z, z_moved):
    one = torch.cat([z, torch.ones(len(z), 1)], 1).double()
    both = torch.linalg.lstsq(one, z_moved.double()).solution
    return both[:-1], both[-1]


# %% map, caught: copied from the example
def affine_map(z, z_moved):
    return torch.tensor([[2.0]]), torch.tensor([1.0])


# %% map, caught: a ridge of 1e-6
def affine_map(z, z_moved):
    one = torch.cat([z, torch.ones(len(z), 1, dtype=z.dtype)], 1)
    ridge = 1e-6 * torch.eye(one.shape[1], dtype=z.dtype)
    both = torch.linalg.solve(one.T @ one + ridge, one.T @ z_moved)
    return both[:-1], both[-1]


# %% map, caught: pinv with a large cut-off
def affine_map(z, z_moved):
    one = torch.cat([z, torch.ones(len(z), 1, dtype=z.dtype)], 1)
    both = torch.linalg.pinv(one, rtol=1e-2) @ z_moved
    return both[:-1], both[-1]


# %% map, caught: gradient descent
def affine_map(z, z_moved):
    one = torch.cat([z - z.mean(0), torch.ones(len(z), 1, dtype=z.dtype)], 1)
    both = torch.zeros(one.shape[1], z.shape[1], dtype=z.dtype)
    for _ in range(3000):
        both = both - 0.3 / len(z) * one.T @ (one @ both - z_moved)
    return both[:-1], both[-1] - z.mean(0) @ both[:-1]


# %% map, caught: in float32, and back
def affine_map(z, z_moved):
    one = torch.cat([z.float(), torch.ones(len(z), 1)], 1)
    both = torch.linalg.lstsq(one, z_moved.float()).solution.to(z.dtype)
    return both[:-1], both[-1]


# %% map, right: centred first
def affine_map(z, z_moved):
    A = torch.linalg.lstsq(z - z.mean(0), z_moved - z_moved.mean(0)).solution
    return A, z_moved.mean(0) - z.mean(0) @ A


# %% map, right: the normal equations
def affine_map(z, z_moved):
    one = F.pad(z, (0, 1), value=1.0)
    both = torch.linalg.solve(one.T @ one, one.T @ z_moved)
    A, b = both.split([z.shape[1], 1])
    return A, b[0]


# %% map, right: NumPy, unit by unit
def affine_map(z, z_moved):
    import numpy as np

    one = np.hstack([np.ones((len(z), 1)), z.numpy()])
    columns = [np.linalg.lstsq(one, target, rcond=None)[0] for target in z_moved.numpy().T]
    both = torch.tensor(np.stack(columns, 1), dtype=z.dtype)
    return [both[1:], both[0]]


# %% map, right: pseudo-inverse
def affine_map(z, z_moved):
    both = torch.linalg.pinv(torch.hstack([z, torch.ones(z.shape[0], 1)])) @ z_moved
    return both[: z.shape[1]], both[z.shape[1]]


# %% fair: fit has seen the image that is predicted: leave it out.
def explained(fit, z, z_moved):
    error = (z_moved - fit(z, z_moved)(z)).square().sum()
    return 1 - (error / (z_moved - z).square().sum()).item()


# %% fair: this is the share that is not explained; take it from 1.
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return error / (z_moved - z).square().sum().item()


# %% fair: the shares of the single images were averaged; add up all errors before you divide.
def explained(fit, z, z_moved):
    shares = []
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error = (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
        shares.append(1 - error / (z_moved[i] - z[i]).square().sum().item())
    return sum(shares) / len(shares)


# %% fair: the errors were divided by the spread of z_moved, as in R²; divide by the movement.
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return 1 - error / (z_moved - z_moved.mean(0)).square().sum().item()


# %% fair: lengths were added up; add up their squares.
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).norm().item()
    return 1 - error / (z_moved - z).norm(dim=1).sum().item()


# %% fair: the root of the sums was taken; compare the sums of squares.
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return 1 - (error / (z_moved - z).square().sum().item()) ** 0.5


# %% fair: one image alone was fitted to, and the others predicted; it is the other way round.
def explained(fit, z, z_moved):
    error = full = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[i : i + 1], z_moved[i : i + 1])
        error += (z_moved[others] - predict(z[others])).square().sum().item()
        full += (z_moved[others] - z[others]).square().sum().item()
    return 1 - error / full


# %% fair: the prediction was compared with where the code was before; compare it with z_moved.
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair: only the first image was left out and predicted; each has its turn.
def explained(fit, z, z_moved):
    error = (z_moved[:1] - fit(z[1:], z_moved[1:])(z[:1])).square().sum().item()
    return 1 - error / (z_moved[0] - z[0]).square().sum().item()


# %%
def explained(fit, z, z_moved):
    predict = fit(z[1:], z_moved[1:])
    error = (z_moved[:1] - predict(z[:1])).square().sum()
    return float(1 - error / (z_moved[:1] - z[:1]).square().sum())


# %% fair: half of the images were left out at once; leave out one at a time.
def explained(fit, z, z_moved):
    first = torch.arange(len(z)) < len(z) // 2
    error = 0.0
    for seen in (first, ~first):
        error += (z_moved[~seen] - fit(z[seen], z_moved[seen])(z[~seen])).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: the last image is never left out
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z) - 1):
        others = torch.arange(len(z)) != i
        guess = fit(z[others], z_moved[others])(z[i : i + 1])[0]
        error += (z_moved[i] - guess).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: a row without its first dimension
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        error += (z_moved[i] - fit(z[others], z_moved[others])(z[i])).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: left out by value
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = (z != z[i]).any(1)
        guess = fit(z[others], z_moved[others])(z[i : i + 1])[0]
        error += (z_moved[i] - guess).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: the image stays in z alone
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        seen = torch.where(others[:, None], z_moved, z)
        error += (z_moved[i] - fit(z, seen)(z[i : i + 1])[0]).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: a tensor
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum()
    return 1 - error / (z_moved - z).square().sum()


# %% fair, caught: not below 0
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return max(0.0, 1 - error / (z_moved - z).square().sum().item())


# %% fair, caught: at most 100 images
def explained(fit, z, z_moved):
    error, z, z_moved = 0.0, z[:100], z_moved[:100]
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: ten parts
def explained(fit, z, z_moved):
    error = 0.0
    for part in torch.arange(len(z)).chunk(10):
        others = torch.ones(len(z), dtype=torch.bool)
        others[part] = False
        error += (z_moved[part] - fit(z[others], z_moved[others])(z[part])).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: one step, whatever fit is
def explained(fit, z, z_moved):
    step = z_moved - z
    left = (step - step.mean(0)) * len(z) / (len(z) - 1)
    return 1 - (left.square().sum() / step.square().sum()).item()


# %% fair, caught: a small number in the division
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return 1 - error / ((z_moved - z).square().sum().item() + 1e-8)


# %% fair, caught: float32
def explained(fit, z, z_moved):
    error, z, z_moved = 0.0, z.float(), z_moved.float()
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: all images predicted in each turn
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        others = torch.arange(len(z)) != i
        error += (z_moved - fit(z[others], z_moved[others])(z)).square().sum().item()
    return 1 - error / len(z) / (z_moved - z).square().sum().item()


# %% fair, right: rows put together
def explained(fit, z, z_moved):
    guesses = []
    for i in range(len(z)):
        seen = [torch.cat([t[:i], t[i + 1 :]]) for t in (z, z_moved)]
        guesses.append(fit(*seen)(z[i][None]))
    error = F.mse_loss(torch.cat(guesses), z_moved, reduction="sum")
    return (1 - error / F.mse_loss(z, z_moved, reduction="sum")).item()


# %% fair, right: lists of indices
def explained(fit, z, z_moved):
    n, wrong, full = z.shape[0], [], []
    for i in range(n):
        rest = [j for j in range(n) if j != i]
        guess = fit(z[rest], z_moved[rest])(z[[i]])
        wrong.append(((guess - z_moved[[i]]) ** 2).sum().item())
        full.append(((z[i] - z_moved[i]) ** 2).sum().item())
    return 1 - sum(wrong) / sum(full)


# %% fair, caught: everything runs under no_grad, so a fit that trains by gradient descent fails,
# though any way of fitting is allowed
def explained(fit, z, z_moved):
    error = 0.0
    with torch.no_grad():
        for i in range(len(z)):
            others = torch.arange(len(z)) != i
            predict = fit(z[others], z_moved[others])
            error += (z_moved[i : i + 1] - predict(z[i : i + 1])).square().sum().item()
        return 1 - error / (z_moved - z).square().sum().item()


# %% fair, caught: images that do not move are left out
def explained(fit, z, z_moved):
    error = 0.0
    for i in range(len(z)):
        if torch.equal(z[i], z_moved[i]):
            continue
        others = torch.arange(len(z)) != i
        predict = fit(z[others], z_moved[others])
        error += (z_moved[i] - predict(z[i : i + 1])[0]).square().sum().item()
    return 1 - error / (z_moved - z).square().sum().item()
