# Answers to set 11, wrong and right. classwork/tabulate.py says how they are written.

# %% nearest: this is the farthest row: argmin, not argmax.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).square().sum(-1).argmax(-1)


# %% nearest: the row with the largest dot product need not be the nearest: long rows win. The
# square of a row's length is missing.
def nearest_symbol(z, codebook):
    return (z.movedim(1, -1) @ codebook.T).argmax(-1)


# %%
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    squares = vectors.square().sum(-1, keepdim=True) - 2 * vectors @ codebook.T
    return squares.argmin(-1)


# %% nearest: this compares angles (cosine); the nearest row is asked for.
def nearest_symbol(z, codebook):
    vectors = F.normalize(z.movedim(1, -1), dim=-1)
    return (vectors @ F.normalize(codebook, dim=1).T).argmax(-1)


# %% nearest: the distance is a sum of absolute values; the Euclidean one sums squares.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).abs().sum(-1).argmin(-1)


# %% nearest: the distance is the largest difference; the Euclidean one sums squares.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).abs().amax(-1).argmin(-1)


# %% nearest: the differences were summed without a square, so that they cancel.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).sum(-1).abs().argmin(-1)


# %%
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).sum(-1).square().argmin(-1)


# %% nearest: the differences were summed as they are, with their signs.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).sum(-1).argmin(-1)


# %% nearest: the 2 before the dot product is missing.
def nearest_symbol(z, codebook):
    dots = z.movedim(1, -1) @ codebook.T
    return (codebook.square().sum(1) - dots).argmin(-1)


# %% nearest: the sign of the dot product is wrong.
def nearest_symbol(z, codebook):
    dots = z.movedim(1, -1) @ codebook.T
    return (codebook.square().sum(1) + 2 * dots).argmin(-1)


# %% nearest: reshape mixes the places up: the d numbers of a place stand one in each map. Move
# dimension 1 to the end first.
def nearest_symbol(z, codebook):
    B, d, H, W = z.shape
    vectors = z.reshape(B, H, W, d)
    return (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)


# %%
def nearest_symbol(z, codebook):
    B, d, H, W = z.shape
    return torch.cdist(z.reshape(-1, d), codebook).argmin(1).reshape(B, H, W)


# %% nearest: height and width have changed places.
def nearest_symbol(z, codebook):
    vectors = z.permute(0, 3, 2, 1)
    return (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)


# %% nearest: the places of an image lie in one row; (B, H, W) is asked for.
def nearest_symbol(z, codebook):
    vectors = z.flatten(2).movedim(1, -1)
    return (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)


# %% nearest: these are the rows themselves; their numbers are asked for.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    symbols = (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)
    return codebook[symbols]


# %% nearest: these are the distances to the nearest rows; the rows' numbers are asked for.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).norm(dim=-1).amin(-1)


# %% nearest: symbols are counted from 0.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1) + 1


# %% nearest: one vector for each row: the smallest was taken over the places, not over the rows.
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    squares = (vectors[..., None, :] - codebook).square().sum(-1)
    return squares.flatten(1, 2).argmin(1)


# %% nearest, caught: int32
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    return (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1).int()


# %% nearest, caught: one-hot
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    squares = (vectors[..., None, :] - codebook).square().sum(-1)
    return F.one_hot(squares.argmin(-1), len(codebook))


# %% nearest, caught: squeezed
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1).squeeze()
    return (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)


# %% nearest, caught: the first image alone
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)[:1]
    symbols = (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)
    return symbols.expand(len(z), -1, -1)


# %% nearest, caught: view after permute
def nearest_symbol(z, codebook):
    B, d, H, W = z.shape
    vectors = z.permute(0, 2, 3, 1).view(-1, d)
    return torch.cdist(vectors, codebook).argmin(1).view(B, H, W)


# %% nearest, caught: copied from the example
def nearest_symbol(z, codebook):
    return torch.tensor([[[1, 2, 0]]])


# %% nearest, caught: vectors cut off at -1 and 1
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1).clamp(-1, 1)
    return (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)


# %% nearest, caught: a part of 1,000 images
def nearest_symbol(z, codebook):
    vectors = z.movedim(1, -1)
    out = torch.zeros(vectors.shape[:3], dtype=torch.int64)
    out[:1000] = (vectors[:1000, ..., None, :] - codebook).square().sum(-1).argmin(-1)
    return out


# %% nearest, right: differences
def nearest_symbol(z, codebook):
    vectors = z.permute(0, 2, 3, 1)
    differences = vectors[..., None, :] - codebook
    return differences.square().sum(-1).argmin(-1)


# %% nearest, right: the square multiplied out
def nearest_symbol(z, codebook):
    dots = torch.einsum("bdhw,kd->bhwk", z, codebook)
    return torch.argmax(dots - codebook.square().sum(1) / 2, dim=-1)


# %% nearest, right: a loop over the rows
def nearest_symbol(z, codebook):
    distances = [(z - row.view(1, -1, 1, 1)).norm(dim=1) for row in codebook]
    return torch.stack(distances, dim=1).argmin(1)


# %% nearest, right: with another dimension for the rows
def nearest_symbol(z, codebook):
    squares = (z.unsqueeze(1) - codebook[None, :, :, None, None]) ** 2
    return squares.mean(2).min(1).indices


# %% through: the rows let the gradient through to the codebook, beside z: cut them off.
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return z + rows - z.detach()


# %% through: no gradient reaches z, and the codebook gets it: z stands in the result without a
# slope, or not at all, and the rows are not cut off.
def straight_through(z, symbols, codebook):
    return codebook[symbols].movedim(-1, 1)


# %%
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return z.detach() + (rows - z.detach())


# %% through: no gradient reaches z: all of the result was cut off, or the slope in z cancels. Cut
# off the difference alone, all of it.
def straight_through(z, symbols, codebook):
    return codebook[symbols].movedim(-1, 1).detach()


# %%
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return (z + (rows - z)).detach()


# %%
@torch.no_grad()
def straight_through(z, symbols, codebook):
    return z + (codebook[symbols].movedim(-1, 1) - z)


# %%
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return rows.detach() + (z - z).detach()


# %%
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1).detach()
    return z + (rows - z)


# %% through: these are z's own values; the rows have to go through.
def straight_through(z, symbols, codebook):
    return z.clone()


# %%
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return z + (z - z).detach()


# %%
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return rows.detach() + (z - rows.detach())


# %% through: the difference has the wrong sign: this is 2 z less the rows.
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return z + (z - rows).detach()


# %% through: z was added to the rows; their difference is missing.
def straight_through(z, symbols, codebook):
    return z + codebook[symbols].movedim(-1, 1).detach()


# %% through: the numbers of a row stand at the end of codebook[symbols]; reshape does not move them
# to dimension 1, it mixes them up.
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].reshape(z.shape)
    return z + (rows - z).detach()


# %% through: the result is (B, H, W, d); the d numbers belong into dimension 1.
def straight_through(z, symbols, codebook):
    vectors = z.movedim(1, -1)
    return vectors + (codebook[symbols] - vectors).detach()


# %% through: height and width have changed places.
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].permute(0, 3, 2, 1)
    moved = z.transpose(2, 3)
    return moved + (rows - moved).detach()


# %% through: the symbols were chosen anew, the nearest; take those that are given.
def straight_through(z, symbols, codebook):
    vectors = z.movedim(1, -1)
    nearest = (vectors[..., None, :] - codebook).square().sum(-1).argmin(-1)
    return z + (codebook[nearest].movedim(-1, 1) - z).detach()


# %% through: half of the gradient goes to z, half to the codebook.
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    half = (z + rows) / 2
    return half + (rows - half).detach()


# %% through: the gradient at z has twice its size.
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return 2 * z + (rows - 2 * z).detach()


# %% through, caught: the row and z averaged
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1).detach()
    return (z + rows) / 2


# %% through, caught: the values of z changed
def straight_through(z, symbols, codebook):
    z.data = codebook[symbols].movedim(-1, 1).data
    return z


# %% through, caught: float32 always
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return (z + (rows - z).detach()).float()


# %% through, caught: squeezed
def straight_through(z, symbols, codebook):
    rows = codebook[symbols].movedim(-1, 1)
    return (z + (rows - z).detach()).squeeze()


# %% through, caught: the first image's symbols for all
def straight_through(z, symbols, codebook):
    rows = codebook[symbols[:1]].movedim(-1, 1)
    return z + (rows - z).detach()


# %% through, right: with a hand-written way back
class _Through(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, rows):
        return rows.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


def straight_through(z, symbols, codebook):
    return _Through.apply(z, codebook[symbols].movedim(-1, 1))


# %% through, right: rows first
def straight_through(z, symbols, codebook):
    rows = F.embedding(symbols, codebook.detach()).permute(0, 3, 1, 2)
    return rows + z - z.detach()


# %% through, right: as a product with ones
def straight_through(z, symbols, codebook):
    chosen = F.one_hot(symbols, len(codebook)).to(codebook.dtype)
    with torch.no_grad():
        step = torch.einsum("bhwk,kd->bdhw", chosen, codebook) - z
    return z + step


# %% usage: a symbol that never occurs gives 0 times minus infinity, which is not a number. Leave it
# out.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts / counts.sum()
    return (-(p * p.log()).sum()).exp().item(), int((counts == 0).sum())


# %% usage: this is the entropy in nats; the perplexity is its exponential.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return -(p * p.log()).sum().item(), int((counts == 0).sum())


# %% usage: this is the entropy in bits; the perplexity is 2 to the power of it.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return -(p * p.log2()).sum().item(), int((counts == 0).sum())


# %% usage: the logarithm has base 2, the exponential base e: take the same for both.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log2()).sum()).exp().item(), int((counts == 0).sum())


# %%
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return math.exp(-(p * p.log2()).sum()), int((counts == 0).sum())


# %% usage: the logarithm has base e, the exponential base 2: take the same for both.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return 2 ** -(p * p.log()).sum().item(), int((counts == 0).sum())


# %% usage: the minus before the sum is missing: this is 1 over the perplexity.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (p * p.log()).sum().exp().item(), int((counts == 0).sum())


# %% usage: the perplexity of each image was averaged; count the symbols of all images together.
def usage(symbols, K):
    perplexities = []
    for image in symbols:
        counts = torch.bincount(image.flatten(), minlength=K)
        p = counts[counts > 0] / counts.sum()
        perplexities.append((-(p * p.log()).sum()).exp().item())
    counts = torch.bincount(symbols.flatten(), minlength=K)
    return sum(perplexities) / len(perplexities), int((counts == 0).sum())


# %% usage: the entropy of each image was averaged; count the symbols of all images together.
def usage(symbols, K):
    ones = F.one_hot(symbols.flatten(1), K).float()
    p = ones.mean(1)
    entropy = -torch.xlogy(p, p).sum(1).mean()
    return entropy.exp().item(), int((ones.sum((0, 1)) == 0).sum())


# %% usage: the shares are not weighed with p: each symbol that occurs counts as often as another.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-p.log().mean()).exp().item(), int((counts == 0).sum())


# %% usage: the sum over the symbols is a mean here, over those that occur.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log()).mean()).exp().item(), int((counts == 0).sum())


# %% usage: the sum over the symbols is a mean here, over all K.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts / counts.sum()
    return (-torch.xlogy(p, p).mean()).exp().item(), int((counts == 0).sum())


# %% usage: the shares were taken of K; divide by the number of symbols that were counted.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / K
    return (-(p * p.log()).sum()).exp().item(), int((counts == 0).sum())


# %% usage: this is the number of symbols that occur; the perplexity looks at how often, too.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    return float((counts > 0).sum()), int((counts == 0).sum())


# %% usage: this is 1 over the sum of the squared shares; the perplexity takes logarithms.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts / counts.sum()
    return (1 / p.square().sum()).item(), int((counts == 0).sum())


# %% usage: this is 1 over the largest share.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts / counts.sum()
    return (1 / p.max()).item(), int((counts == 0).sum())


# %% usage: the perplexity was divided by K.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log()).sum()).exp().item() / K, int((counts == 0).sum())


# %% usage: this is the number of symbols that do occur.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log()).sum()).exp().item(), int((counts > 0).sum())


# %% usage: the symbols above the largest that occurs are left out: count on to K - 1.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten())
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log()).sum()).exp().item(), int((counts == 0).sum())


# %% usage: this is the share of the symbols that never occur; their number is asked for.
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log()).sum()).exp().item(), (counts == 0).float().mean().item()


# %% usage, caught: unused by image, averaged
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    unused = [K - image.unique().numel() for image in symbols]
    return (-(p * p.log()).sum()).exp().item(), int(sum(unused) / len(unused))


# %% usage, caught: the pair turned round
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return int((counts == 0).sum()), (-(p * p.log()).sum()).exp().item()


# %% usage, caught: tensors
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log()).sum()).exp(), (counts == 0).sum()


# %% usage, caught: 0.001 added inside the logarithm
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts / counts.sum()
    return (-(p * (p + 1e-3).log()).sum()).exp().item(), int((counts == 0).sum())


# %% usage, caught: every count one larger
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = (counts + 1) / (counts + 1).sum()
    return (-(p * p.log()).sum()).exp().item(), int((counts == 0).sum())


# %% usage, caught: rounded
def usage(symbols, K):
    counts = torch.bincount(symbols.flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return round((-(p * p.log()).sum()).exp().item(), 1), int((counts == 0).sum())


# %% usage, caught: the first image alone
def usage(symbols, K):
    counts = torch.bincount(symbols[0].flatten(), minlength=K)
    p = counts[counts > 0] / counts.sum()
    return (-(p * p.log()).sum()).exp().item(), int((counts == 0).sum())


# %% usage, right: 1e-10 inside the logarithm
def usage(symbols, K):
    p = F.one_hot(symbols.reshape(-1), K).double().mean(0)
    perplexity = torch.exp(-torch.sum(p * torch.log(p + 1e-10)))
    return float(perplexity), int((p == 0).sum())


# %% usage, right: in bits, with a Counter
def usage(symbols, K):
    from collections import Counter

    counts = Counter(symbols.flatten().tolist())
    total = sum(counts.values())
    bits = -sum(n / total * math.log2(n / total) for n in counts.values())
    return 2.0**bits, K - len(counts)


# %% usage, right: Categorical
def usage(symbols, K):
    from torch.distributions import Categorical

    counts = torch.stack([(symbols == k).sum() for k in range(K)])
    entropy = Categorical(probs=counts.double()).entropy()
    return math.exp(entropy.item()), (counts == 0).sum().item()


# %% usage, right: unique and special.entr
def usage(symbols, K):
    _, counts = symbols.unique(return_counts=True)
    p = counts / symbols.numel()
    return torch.special.entr(p).sum().exp().item(), K - counts.numel()


# %% bytes: this is in nats over 8; divide by ln 2 to have bits.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / 8


# %% bytes: these are nats; bytes are asked for.
def bytes_per_image(logits, symbols):
    return F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none").sum(1)


# %% bytes: these are bits; a byte has 8.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / math.log(2)


# %% bytes: bits were multiplied by 8; a byte has 8, so divide.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / math.log(2) * 8


# %% bytes: nats were multiplied by ln 2; divide to have bits.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) * math.log(2) / 8


# %% bytes: this is the mean over the places; the places of an image add up.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.mean(1) / math.log(2) / 8


# %% bytes: all images were averaged; each keeps its own number.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1).mean() / math.log(2) / 8


# %% bytes: everything was averaged: sum over the places of an image, and let each image keep its
# own number.
def bytes_per_image(logits, symbols):
    return F.cross_entropy(logits.flatten(0, 1), symbols.flatten()) / math.log(2) / 8


# %%
def bytes_per_image(logits, symbols):
    return F.cross_entropy(logits.movedim(2, 1), symbols) / math.log(2) / 8


# %% bytes: everything was summed; each image keeps its own number.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="sum")
    return nats / math.log(2) / 8


# %% bytes: the sum over the places is missing: there is still one number a place.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats / math.log(2) / 8


# %% bytes: the sum runs over the images; the places of an image add up.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(0) / math.log(2) / 8


# %% bytes: the sign is wrong: a length is not below 0.
def bytes_per_image(logits, symbols):
    log_p = logits.log_softmax(-1).gather(-1, symbols[..., None]).squeeze(-1)
    return log_p.sum(1) / math.log(2) / 8


# %% bytes: reshape does not move the K symbols to dimension 1, it mixes them up with the places.
def bytes_per_image(logits, symbols):
    B, L, K = logits.shape
    nats = F.cross_entropy(logits.reshape(B, K, L), symbols, reduction="none")
    return nats.sum(1) / math.log(2) / 8


# %% bytes: the softmax runs over the places; it runs over the K symbols, dimension 2.
def bytes_per_image(logits, symbols):
    log_p = logits.log_softmax(1).gather(-1, symbols[..., None]).squeeze(-1)
    return -log_p.sum(1) / math.log(2) / 8


# %% bytes: the logits are no logarithms of probabilities: the softmax is missing.
def bytes_per_image(logits, symbols):
    picked = logits.gather(-1, symbols[..., None]).squeeze(-1)
    return -picked.sum(1) / math.log(2) / 8


# %% bytes: a softmax stands before F.cross_entropy, which has one of its own.
def bytes_per_image(logits, symbols):
    p = logits.softmax(-1)
    nats = F.cross_entropy(p.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / math.log(2) / 8


# %% bytes: the probability was computed first, and is 0 there; log_softmax takes no such detour.
def bytes_per_image(logits, symbols):
    p = logits.softmax(-1).gather(-1, symbols[..., None]).squeeze(-1)
    return -p.log2().sum(1) / 8


# %% bytes: the exponential of a large logit does not fit into a float; take log_softmax.
def bytes_per_image(logits, symbols):
    p = logits.exp() / logits.exp().sum(-1, keepdim=True)
    return -p.gather(-1, symbols[..., None]).squeeze(-1).log2().sum(1) / 8


# %% bytes: a small number, 1e-10, was added to the probability, which hides how wrong the prior is;
# take log_softmax.
def bytes_per_image(logits, symbols):
    p = logits.softmax(-1).gather(-1, symbols[..., None]).squeeze(-1)
    return -(p + 1e-10).log2().sum(1) / 8


# %% bytes: this is the length of the likeliest symbols; pick those that are to be written.
def bytes_per_image(logits, symbols):
    return -logits.log_softmax(-1).amax(-1).sum(1) / math.log(2) / 8


# %% bytes: this is the length that the prior expects, its entropy; pick the symbols that are there.
def bytes_per_image(logits, symbols):
    log_p = logits.log_softmax(-1)
    return -(log_p.exp() * log_p).sum((1, 2)) / math.log(2) / 8


# %% bytes: the symbols were shifted by one place; what stands at place l is the prediction for the
# symbol at place l.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits[:, :-1].movedim(2, 1), symbols[:, 1:], reduction="none")
    return nats.sum(1) / math.log(2) / 8


# %% bytes: rounded up to whole bytes; that was not asked for.
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return (nats.sum(1) / math.log(2) / 8).ceil()


# %% bytes: log2 of K bits for each symbol: the prior is not used.
def bytes_per_image(logits, symbols):
    B, L, K = logits.shape
    return torch.full((B,), L * math.log2(K) / 8, dtype=logits.dtype)


# %% bytes, caught: logits cut off at 50
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.clamp(-50, 50).movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / math.log(2) / 8


# %% bytes, caught: cut off from the graph
@torch.no_grad()
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / math.log(2) / 8


# %% bytes, caught: the normalising sum cut off from the graph
def bytes_per_image(logits, symbols):
    picked = logits.gather(-1, symbols[..., None]).squeeze(-1)
    total = logits.logsumexp(-1).detach()
    return (total - picked).sum(1) / math.log(2) / 8


# %% bytes, caught: float64 always
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.double().movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / math.log(2) / 8


# %% bytes, caught: squeezed
def bytes_per_image(logits, symbols):
    log_p = logits.log_softmax(-1).gather(-1, symbols[..., None]).squeeze()
    return -log_p.sum(-1) / math.log(2) / 8


# %% bytes, caught: a smoothed target
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none", label_smoothing=0.1)
    return nats.sum(1) / math.log(2) / 8


# %% bytes, caught: two bytes added
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / math.log(2) / 8 + 2


# %% bytes, caught: ln 2 as 0.69
def bytes_per_image(logits, symbols):
    nats = F.cross_entropy(logits.movedim(2, 1), symbols, reduction="none")
    return nats.sum(1) / 0.69 / 8


# %% bytes, right: gather
def bytes_per_image(logits, symbols):
    log_p = logits.log_softmax(dim=-1)
    picked = torch.gather(log_p, 2, symbols.unsqueeze(2))[:, :, 0]
    return -picked.sum(dim=1) / (8 * math.log(2))


# %% bytes, right: all places in one row
def bytes_per_image(logits, symbols):
    B, L, K = logits.shape
    nats = F.cross_entropy(logits.reshape(B * L, K), symbols.reshape(-1), reduction="none")
    return nats.reshape(B, L).sum(1) * math.log2(math.e) / 8


# %% bytes, right: Categorical
def bytes_per_image(logits, symbols):
    from torch.distributions import Categorical

    return -Categorical(logits=logits).log_prob(symbols).sum(1) / math.log(2) / 8


# %% bytes, right: a product with ones
def bytes_per_image(logits, symbols):
    ones = F.one_hot(symbols, logits.shape[-1]).to(logits.dtype)
    nats = logits.logsumexp(-1) - (ones * logits).sum(-1)
    return nats.sum(-1) / math.log(256)


# %% move: decay and 1 - decay have changed places.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = (1 - decay) * counts + decay * chose.sum(0)
        sums = (1 - decay) * sums + decay * chose.T @ z
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: the factor 1 - decay before the batch is missing.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + chose.sum(0)
        sums = decay * sums + chose.T @ z
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: the old averages are not used: this is the batch alone.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts, sums = chose.sum(0), chose.T @ z
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: everything is added up; the old averages have to fade.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts, sums = counts + chose.sum(0), sums + chose.T @ z
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: the mean of the vectors goes into sums; it is their sum.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        means = chose.T @ z / chose.sum(0).clamp(min=1)[:, None]
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * means
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: counts are shares of the batch here; n_k is a number of vectors.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.mean(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: where a symbol comes twice, sums[symbols] += z keeps one of its vectors alone.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        batch = torch.zeros_like(sums)
        batch[symbols] += z
        counts = decay * counts + (1 - decay) * torch.bincount(symbols, minlength=len(codebook))
        sums = decay * sums + (1 - decay) * batch
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: where a symbol comes twice, counts[symbols] += 1 counts it once.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        n = torch.zeros_like(counts)
        n[symbols] += 1
        counts = decay * counts + (1 - decay) * n
        sums = decay * sums + (1 - decay) * torch.zeros_like(sums).index_add(0, symbols, z)
        return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move: a row whose count is 0 became 0 / 0; it stays as it was.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        return sums / counts[:, None], counts, sums


# %% move: a row whose count is 0 became a row of zeros; it stays as it was.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        return (sums / counts[:, None]).nan_to_num(0), counts, sums


# %%
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        return torch.where(counts[:, None] > 0, sums / counts[:, None], 0), counts, sums


# %%
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        safe = torch.where(counts > 0, counts, 1)
        return sums / safe[:, None], counts, sums


# %% move: counts below 1 were taken for 1; divide by the count, however small.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        row = sums / counts.clamp(min=1)[:, None]
        return torch.where(counts[:, None] > 0, row, codebook), counts, sums


# %% move: the row is the mean of the batch's vectors; it is the quotient of the moving averages.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        n, s = chose.sum(0), chose.T @ z
        counts, sums = decay * counts + (1 - decay) * n, decay * sums + (1 - decay) * s
        return torch.where(n[:, None] > 0, s / n[:, None], codebook), counts, sums


# %% move: the row is a moving average of means, in which few vectors weigh as much as many; it is
# the quotient of the moving averages.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        n, s = chose.sum(0), chose.T @ z
        counts, sums = decay * counts + (1 - decay) * n, decay * sums + (1 - decay) * s
        moved = decay * codebook + (1 - decay) * s / n.clamp(min=1)[:, None]
        return torch.where(n[:, None] > 0, moved, codebook), counts, sums


# %% move: the rows are those from before the batch: take the quotient of the new averages.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        row = torch.where(counts[:, None] > 0, sums / counts[:, None], codebook)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        return row, counts, sums


# %%
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        return codebook.clone(), counts, decay * sums + (1 - decay) * chose.T @ z


# %% move: the row is the sum, not divided by the count.
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        return torch.where(counts[:, None] > 0, sums, codebook), counts, sums


# %% move, caught: counts smoothed, as in a paper
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        n = counts.sum()
        smooth = (counts + 1e-5) / (n + len(codebook) * 1e-5) * n
        return sums / smooth[:, None], counts, sums


# %% move, caught: 1e-5 added to the count
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        row = sums / (counts[:, None] + 1e-5)
        return torch.where(counts[:, None] > 0, row, codebook), counts, sums


# %% move, caught: rows with a count below 0.01 stay
def move_codebook(z, symbols, codebook, counts, sums, decay):
    with torch.no_grad():
        chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
        counts = decay * counts + (1 - decay) * chose.sum(0)
        sums = decay * sums + (1 - decay) * chose.T @ z
        return torch.where(counts[:, None] > 0.01, sums / counts[:, None], codebook), counts, sums


# %% move, caught: a graph hangs on the results
def move_codebook(z, symbols, codebook, counts, sums, decay):
    chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
    counts = decay * counts + (1 - decay) * chose.sum(0)
    sums = decay * sums + (1 - decay) * chose.T @ z
    return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move, caught: changes the averages in place
@torch.no_grad()
def move_codebook(z, symbols, codebook, counts, sums, decay):
    chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
    counts *= decay
    counts += (1 - decay) * chose.sum(0)
    sums *= decay
    sums += (1 - decay) * chose.T @ z
    row = torch.where(counts[:, None] > 0, sums / counts[:, None], codebook)
    return row, counts.clone(), sums.clone()


# %% move, caught: another order of the three
@torch.no_grad()
def move_codebook(z, symbols, codebook, counts, sums, decay):
    chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
    counts = decay * counts + (1 - decay) * chose.sum(0)
    sums = decay * sums + (1 - decay) * chose.T @ z
    return counts, sums, torch.where(counts[:, None] > 0, sums / counts[:, None], codebook)


# %% move, caught: the averages of rows that nobody chose do not fade
@torch.no_grad()
def move_codebook(z, symbols, codebook, counts, sums, decay):
    chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
    n, s = chose.sum(0), chose.T @ z
    counts = torch.where(n > 0, decay * counts + (1 - decay) * n, counts)
    sums = torch.where(n[:, None] > 0, decay * sums + (1 - decay) * s, sums)
    return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move, caught: float32 counts
@torch.no_grad()
def move_codebook(z, symbols, codebook, counts, sums, decay):
    chose = F.one_hot(symbols, len(codebook)).float()
    counts = decay * counts.float() + (1 - decay) * chose.sum(0)
    sums = decay * sums.float() + (1 - decay) * chose.T @ z.float()
    return torch.where(counts[:, None] > 0, sums / counts[:, None], codebook), counts, sums


# %% move, caught: rows that nobody chose are drawn anew from the batch
@torch.no_grad()
def move_codebook(z, symbols, codebook, counts, sums, decay):
    chose = F.one_hot(symbols, len(codebook)).to(z.dtype)
    counts = decay * counts + (1 - decay) * chose.sum(0)
    sums = decay * sums + (1 - decay) * chose.T @ z
    return torch.where(counts[:, None] > 0, sums / counts[:, None], z[:1]), counts, sums


# %% move, right: index_add and bincount
@torch.no_grad()
def move_codebook(z, symbols, codebook, counts, sums, decay):
    n = torch.bincount(symbols, minlength=len(codebook))
    s = torch.zeros_like(sums).index_add_(0, symbols, z)
    counts = counts * decay + n * (1 - decay)
    sums = sums * decay + s * (1 - decay)
    new, used = codebook.clone(), counts > 0
    new[used] = sums[used] / counts[used].unsqueeze(1)
    return new, counts, sums


# %% move, right: row by row
def move_codebook(z, symbols, codebook, counts, sums, decay):
    z, codebook = z.detach(), codebook.detach().clone()
    counts, sums = decay * counts.detach(), decay * sums.detach()
    for k in range(len(codebook)):
        mine = z[symbols == k]
        counts[k] += (1 - decay) * len(mine)
        sums[k] += (1 - decay) * mine.sum(0)
        if counts[k] > 0:
            codebook[k] = sums[k] / counts[k]
    return codebook, counts, sums


# %% move, right: lerp and scatter_add, rows that nobody chose left alone
@torch.no_grad()
def move_codebook(z, symbols, codebook, counts, sums, decay):
    n = torch.zeros_like(counts).scatter_add(0, symbols, torch.ones_like(z[:, 0]))
    s = torch.zeros_like(sums).scatter_add(0, symbols[:, None].expand_as(z), z)
    counts, sums = torch.lerp(n, counts, decay), torch.lerp(s, sums, decay)
    row = sums / counts.clamp(min=1e-30)[:, None]
    return torch.where((n > 0)[:, None], row, codebook), counts, sums


# %% hide: the patches with the largest scores come first here; it is those with the smallest.
def hide(patches, scores, keep):
    order = scores.argsort(1, descending=True)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, back >= keep


# %% hide: all images were shuffled by the scores of the first.
def hide(patches, scores, keep):
    order = scores[:1].argsort(1).expand_as(scores)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, back >= keep


# %% hide: the visible patches are in their own order; the shuffled one is asked for.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = order[:, :keep].sort(1).values[..., None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, back >= keep


# %%
def hide(patches, scores, keep):
    back = scores.argsort(1).argsort(1)
    hidden = back >= keep
    return patches[~hidden].view(len(patches), keep, -1), back, hidden


# %% hide: the scores were not used: these are the first patches as they came.
def hide(patches, scores, keep):
    back = scores.argsort(1).argsort(1)
    return patches[:, :keep].clone(), back, back >= keep


# %% hide: these are the hidden patches.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    rest = order[:, keep:, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, rest), back, back >= keep


# %% hide: the visible patches were picked by their places in the shuffled order; pick them by
# argsort of the scores, once.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = back[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, back >= keep


# %% hide: all patches came back, shuffled; only the first keep of them are visible.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    return patches.gather(1, order[..., None].expand_as(patches)), back, back >= keep


# %% hide: all patches came back, zeros where they are hidden; the visible ones alone are asked for.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    return patches * (back < keep)[..., None], back, back >= keep


# %% hide: back is the shuffled order itself, which patch comes at a place; its inverse is asked
# for, at which place a patch comes.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), order, order.argsort(1) >= keep


# %% hide: back and hidden come from the shuffled order; take its inverse for both.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), order, order >= keep


# %% hide: hidden is in the shuffled order; it belongs to the patches in the order in which they
# came.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    hidden = torch.arange(scores.shape[1]).expand_as(scores) >= keep
    return patches.gather(1, first), back, hidden


# %% hide: hidden says which patches are visible.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, back < keep


# %% hide: one patch too few is hidden: places are counted from 0.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, back > keep


# %% hide: hidden was compared with the wrong permutation: back is in the patches' order, argsort of
# the scores is not.
def hide(patches, scores, keep):
    order = scores.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), order.argsort(1), order >= keep


# %% hide, caught: hidden as numbers
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, (back >= keep).to(patches.dtype)


# %% hide, caught: sorted along the images
def hide(patches, scores, keep):
    order = scores.argsort(0)
    back = order.argsort(0)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(0, first), back, back >= keep


# %% hide, caught: only the first number of each patch
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    return patches.gather(1, order[:, :keep, None]), back, back >= keep


# %% hide, caught: scores of its own
def hide(patches, scores, keep):
    order = torch.rand_like(scores).argsort(1)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back, back >= keep


# %% hide, caught: cut off
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.detach().gather(1, first), back, back >= keep


# %% hide, caught: a pair
def hide(patches, scores, keep):
    order = scores.argsort(1)
    back = order.argsort(1)
    first = order[:, :keep, None].expand(-1, -1, patches.shape[2])
    return patches.gather(1, first), back


# %% hide, right: topk and take_along_dim
def hide(patches, scores, keep):
    order = scores.topk(scores.shape[1], dim=1, largest=False).indices
    visible = torch.take_along_dim(patches, order[:, :keep, None], dim=1)
    back = torch.empty_like(order)
    back.scatter_(1, order, torch.arange(order.shape[1]).expand_as(order).contiguous())
    hidden = torch.ones_like(scores, dtype=torch.bool).scatter_(1, order[:, :keep], False)
    return visible, back, hidden


# %% hide, right: ranks by counting
def hide(patches, scores, keep):
    back = (scores[:, :, None] > scores[:, None, :]).sum(2)
    order = torch.argsort(scores, dim=-1)
    images = torch.arange(len(patches))[:, None]
    return patches[images, order][:, :keep], back, ~(back < keep)


# %% hide, right: image by image
def hide(patches, scores, keep):
    visible, backs, hidden = [], [], []
    for image, score in zip(patches, scores):
        order = score.sort().indices
        back = order.sort().indices
        visible.append(image[order[:keep]])
        backs.append(back)
        hidden.append(back >= keep)
    return torch.stack(visible), torch.stack(backs), torch.stack(hidden)


# %% restore: the way back was taken for the way there: fetch by back itself, not by its inverse.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.expand(B, back.shape[1] - keep, d)], 1)
    return shuffled.gather(1, back.argsort(1)[..., None].expand(-1, -1, d))


# %%
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.expand(B, back.shape[1] - keep, d)], 1)
    return torch.zeros_like(shuffled).scatter(1, back[..., None].expand(-1, -1, d), shuffled)


# %% restore: the row is still in the shuffled order: back was not used.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    return torch.cat([visible, fill.expand(B, back.shape[1] - keep, d)], 1)


# %% restore: the fill was put before the visible codes; in the shuffled order it comes after them.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([fill.expand(B, back.shape[1] - keep, d), visible], 1)
    return shuffled.gather(1, back[..., None].expand(-1, -1, d))


# %% restore: zeros stand where fill belongs.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, visible.new_zeros(B, back.shape[1] - keep, d)], 1)
    return shuffled.gather(1, back[..., None].expand(-1, -1, d))


# %% restore: all images were put back by the first one's way.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.expand(B, back.shape[1] - keep, d)], 1)
    return shuffled[:, back[0]]


# %% restore: the visible codes keep the shuffled order: each belongs to the patch that back names.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    row = fill.expand(B, back.shape[1], d).clone()
    row[back < keep] = visible.reshape(-1, d)
    return row


# %% restore: fill was added to the visible codes too.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    P = back.shape[1]
    shuffled = torch.cat([visible, visible.new_zeros(B, P - keep, d)], 1) + fill
    return shuffled.gather(1, back[..., None].expand(-1, -1, d))


# %% restore: the mean of the visible codes stands where fill belongs.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    mean = visible.mean(1, keepdim=True).expand(B, back.shape[1] - keep, d)
    return torch.cat([visible, mean], 1).gather(1, back[..., None].expand(-1, -1, d))


# %% restore: places are counted from 0, so the last visible code has place keep - 1.
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.expand(B, back.shape[1] - keep, d)], 1)
    row = shuffled.gather(1, back[..., None].expand(-1, -1, d))
    return torch.where((back >= keep - 1)[..., None], fill, row)


# %% restore, caught: only the visible codes, in their own order
def restore(visible, back, fill):
    B, keep, d = visible.shape
    own = back.argsort(1)[:, :keep].argsort(1)
    return visible.gather(1, own[..., None].expand(-1, -1, d))


# %% restore, caught: fill gets no gradient
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.detach().expand(B, back.shape[1] - keep, d)], 1)
    return shuffled.gather(1, back[..., None].expand(-1, -1, d))


# %% restore, caught: visible gets no gradient
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible.data, fill.expand(B, back.shape[1] - keep, d)], 1)
    return shuffled.gather(1, back[..., None].expand(-1, -1, d))


# %% restore, caught: cut off
@torch.no_grad()
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.expand(B, back.shape[1] - keep, d)], 1)
    return shuffled.gather(1, back[..., None].expand(-1, -1, d))


# %% restore, caught: float32 always
def restore(visible, back, fill):
    B, keep, d = visible.shape
    row = torch.empty(B, back.shape[1], d)
    row[:] = fill
    for b in range(B):
        order = back[b].argsort()
        row[b, order[:keep]] = visible[b].float()
    return row


# %% restore, caught: squeezed
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.expand(B, back.shape[1] - keep, d)], 1)
    return shuffled.gather(1, back[..., None].expand(-1, -1, d)).squeeze()


# %% restore, caught: 16 patches taken for granted
def restore(visible, back, fill):
    B, keep, d = visible.shape
    shuffled = torch.cat([visible, fill.expand(B, 16 - keep, d)], 1)
    return shuffled.gather(1, back[..., None].expand(-1, -1, d))


# %% restore, right: an index for the images
def restore(visible, back, fill):
    keep = visible.shape[1]
    images = torch.arange(len(visible))[:, None]
    codes = visible[images, back.clamp(max=keep - 1)]
    return torch.where((back < keep)[..., None], codes, fill)


# %% restore, right: scatter by the order
def restore(visible, back, fill):
    B, keep, d = visible.shape
    order = torch.argsort(back, dim=1)
    row = fill.repeat(B, back.shape[1], 1)
    return row.scatter(1, order[:, :keep].unsqueeze(-1).repeat(1, 1, d), visible)


# %% restore, right: image by image
def restore(visible, back, fill):
    rows = []
    for codes, places in zip(visible, back):
        rows.append(torch.stack([codes[p] if p < len(codes) else fill for p in places.tolist()]))
    return torch.stack(rows)


# %% topk: numbers below 0 stayed; they become 0, even among the k largest.
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    return torch.zeros_like(a).scatter(1, places, values)


# %% topk: the absolute values of the k largest stayed; a number below 0 becomes 0.
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    return torch.zeros_like(a).scatter(1, places, values.abs())


# %% topk: the k largest by their absolute value were taken; -3 is smaller than 1.
def top_k(a, k):
    places = a.abs().topk(k, dim=1).indices
    return torch.zeros_like(a).scatter(1, places, a.gather(1, places))


# %% topk: the k largest by their absolute value were taken; a large number below 0 takes no place.
def top_k(a, k):
    places = a.abs().topk(k, dim=1).indices
    return torch.zeros_like(a).scatter(1, places, a.gather(1, places).relu())


# %% topk: the k smallest stayed.
def top_k(a, k):
    values, places = a.topk(k, dim=1, largest=False)
    return torch.zeros_like(a).scatter(1, places, values.relu())


# %% topk: this is a ReLU alone: all numbers above 0 stayed.
def top_k(a, k):
    return a.relu()


# %% topk: the k largest of all images together were taken; each row has its own.
def top_k(a, k):
    values, places = a.flatten().topk(k)
    return torch.zeros_like(a).flatten().scatter(0, places, values.relu()).view_as(a)


# %% topk: k times as many as there are rows, of all images together; each row has its own k.
def top_k(a, k):
    values, places = a.flatten().topk(k * len(a))
    return torch.zeros_like(a).flatten().scatter(0, places, values.relu()).view_as(a)


# %% topk: these are the k largest alone; they stay at their places in a row of d.
def top_k(a, k):
    return a.topk(k, dim=1).values.relu()


# %% topk: ones stand where the numbers belong.
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    return torch.zeros_like(a).scatter(1, places, (values > 0).to(a.dtype))


# %% topk: one too few stays: the k-th largest is among them.
def top_k(a, k):
    limit = a.topk(k, dim=1).values[:, -1:]
    return torch.where(a > limit, a, 0).relu()


# %% topk: the limit was taken off each number; those that stay keep their value.
def top_k(a, k):
    limit = a.topk(k, dim=1).values[:, -1:].relu()
    return torch.where(a >= limit, a - limit, 0).relu()


# %% topk: the first k numbers of each row were taken; it is the largest.
def top_k(a, k):
    return torch.cat([a[:, :k].relu(), torch.zeros_like(a[:, k:])], 1)


# %% topk: the places of the k largest came out of one row for all.
def top_k(a, k):
    places = a.sum(0).topk(k).indices
    code = torch.zeros_like(a)
    code[:, places] = a[:, places].relu()
    return code


# %% topk: the k largest of the numbers, put back in order of their size and not at their places.
def top_k(a, k):
    values = a.topk(k, dim=1).values.relu()
    return torch.cat([values, a.new_zeros(len(a), a.shape[1] - k)], 1)


# %% topk, caught: the dimension of the images, where it can
def top_k(a, k):
    values, places = a.topk(min(k, len(a)), dim=0)
    return torch.zeros_like(a).scatter(0, places, values.relu())


# %% topk, caught: the gradient cut off
def top_k(a, k):
    values, places = a.detach().topk(k, dim=1)
    return torch.zeros_like(a).scatter(1, places, values.relu())


# %% topk, caught: straight through to all
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    code = torch.zeros_like(a).scatter(1, places, values.relu())
    return a + (code - a).detach()


# %% topk, caught: a gradient for all above 0
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    code = torch.zeros_like(a).scatter(1, places, values.relu())
    return a.relu() + (code - a.relu()).detach()


# %% topk, caught: the ReLU's gradient left out
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    code = torch.zeros_like(a).scatter(1, places, values)
    return code + (code.relu() - code).detach()


# %% topk, caught: float32
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    return torch.zeros(a.shape).scatter(1, places, values.relu().float())


# %% topk, caught: changes its input
def top_k(a, k):
    limit = a.topk(k, dim=1).values[:, -1:]
    a[a < limit] = 0
    return a.relu()


# %% topk, caught: a softmax beside it
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    return torch.zeros_like(a).scatter(1, places, values.softmax(1))


# %% topk, caught: small numbers are cut off, too
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    return torch.zeros_like(a).scatter(1, places, torch.where(values > 1e-3, values, 0))


# %% topk, caught: never above 6
def top_k(a, k):
    values, places = a.topk(k, dim=1)
    return torch.zeros_like(a).scatter(1, places, F.relu6(values))


# %% topk, right: a limit for each row
def top_k(a, k):
    limit = a.topk(k, dim=1).values.min(dim=1, keepdim=True).values
    return a.relu() * (a >= limit)


# %% topk, right: a mask
def top_k(a, k):
    places = a.argsort(dim=1, descending=True)[:, :k]
    mask = torch.zeros_like(a).scatter_(1, places, 1.0)
    return F.relu(a * mask)


# %% topk, right: row by row
def top_k(a, k):
    rows = []
    for row in a:
        stays = torch.zeros(len(row), dtype=torch.bool)
        stays[row.sort().indices[-k:]] = True
        rows.append(torch.where(stays & (row > 0), row, torch.zeros_like(row)))
    return torch.stack(rows)


# %% topk, right: kthvalue
def top_k(a, k):
    limit = a.kthvalue(a.shape[1] - k + 1, dim=1, keepdim=True).values
    return a.clamp(min=0).masked_fill(a < limit, 0)


# %% unit: the part of the gradient along the column was left in.
def unit_step(W, grad, rate):
    W = W - rate * grad
    return W / W.norm(dim=0)


# %% unit: the columns were not brought back to length one.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    return W - rate * (grad - along * W)


# %% unit: the step goes along the gradient; descent goes against it.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W + rate * (grad - along * W)
    return W / W.norm(dim=0)


# %% unit: the rows were taken for the columns.
def unit_step(W, grad, rate):
    along = (W * grad).sum(1, keepdim=True)
    W = W - rate * (grad - along * W)
    return W / W.norm(dim=1, keepdim=True)


# %% unit: the rows were brought to length one, not the columns.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad - along * W)
    return W / W.norm(dim=1, keepdim=True)


# %% unit: the dot products are those of the rows; each column has its own.
def unit_step(W, grad, rate):
    along = (W * grad).sum(1, keepdim=True)
    W = W - rate * (grad - along * W)
    return W / W.norm(dim=0)


# %% unit: one dot product was taken for the whole matrix; each column has its own.
def unit_step(W, grad, rate):
    along = (W * grad).sum()
    W = W - rate * (grad - along * W)
    return W / W.norm(dim=0)


# %% unit: the whole matrix was brought to length one; each column has to be.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad - along * W)
    return W / W.norm()


# %% unit: the part along the column was kept, and the rest taken out.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * along * W
    return W / W.norm(dim=0)


# %% unit: the part along the column was added; it is to be taken out.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad + along * W)
    return W / W.norm(dim=0)


# %% unit: the rate is missing.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - (grad - along * W)
    return W / W.norm(dim=0)


# %% unit: the mean was taken for the dot product, which is a sum.
def unit_step(W, grad, rate):
    along = (W * grad).mean(0)
    W = W - rate * (grad - along * W)
    return W / W.norm(dim=0)


# %% unit: the dot product was taken off as a number; the part along the column is that number times
# the column.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad - along)
    return W / W.norm(dim=0)


# %% unit: the part along the gradient was taken out of the column; it is the other way round.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0) / grad.square().sum(0)
    W = (W - along * grad) - rate * grad
    return W / W.norm(dim=0)


# %% unit: a column was divided by the square of its length.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad - along * W)
    return W / W.square().sum(0)


# %% unit: a column was divided by the sum of its absolute values; its length is the root of the sum
# of squares.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad - along * W)
    return W / W.abs().sum(0)


# %% unit: the gradient was brought to length one before the step.
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    step = F.normalize(grad - along * W, dim=0)
    W = W - rate * step
    return W / W.norm(dim=0)


# %% unit, caught: columns that are too short are left as they are, not longer than one
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    return W - (rate * (grad - along * W)).clamp(-0.1, 0.1)


# %% unit, caught: 0.001 added to the length
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad - along * W)
    return W / (W.norm(dim=0) + 1e-3)


# %% unit, caught: changes W in place
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W -= rate * (grad - along * W)
    W /= W.norm(dim=0)
    return W.clone()


# %% unit, caught: changes the gradient in place
def unit_step(W, grad, rate):
    grad -= (W * grad).sum(0) * W
    W = W - rate * grad
    return W / W.norm(dim=0)


# %% unit, caught: float32 always
def unit_step(W, grad, rate):
    along = (W * grad).sum(0)
    W = W - rate * (grad - along * W)
    return (W / W.norm(dim=0)).float()


# %% unit, caught: a turn by the angle in place of a step
def unit_step(W, grad, rate):
    across = grad - (W * grad).sum(0) * W
    size = across.norm(dim=0)
    return W * (rate * size).cos() - F.normalize(across, dim=0) * (rate * size).sin()


# %% unit, caught: a gradient of 0 gives nan
def unit_step(W, grad, rate):
    across = grad - (W * grad).sum(0) * W
    size = across.norm(dim=0)
    W = W - rate * (across / size) * size
    return W / W.norm(dim=0)


# %% unit, right: einsum and normalize
def unit_step(W, grad, rate):
    along = torch.einsum("nd,nd->d", W, grad)
    return F.normalize(W - rate * (grad - W * along), dim=0)


# %% unit, right: column by column
def unit_step(W, grad, rate):
    columns = []
    for w, g in zip(W.T, grad.T):
        w = w - rate * (g - torch.dot(w, g) * w)
        columns.append(w / torch.linalg.vector_norm(w))
    return torch.stack(columns, dim=1)


# %% unit, right: a projection
def unit_step(W, grad, rate):
    across = grad - W @ torch.diag(torch.diagonal(W.T @ grad))
    new = torch.sub(W, across, alpha=rate)
    return new / new.square().sum(0, keepdim=True).sqrt()


# %% unit, right: by the length that Pythagoras gives
def unit_step(W, grad, rate):
    across = grad - (W * grad).sum(dim=0, keepdim=True) * W
    length = torch.sqrt((W**2).sum(0) + rate**2 * (across**2).sum(0))
    return (W - rate * across) / length
