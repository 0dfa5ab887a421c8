# Answers to set 05, wrong and right. classwork/tabulate.py says how they are written.

# %% shaken: the strength is missing: this is the full noise.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + epsilon), z + s * epsilon


# %% shaken: the strength multiplies the whole factor; it belongs to the noise alone, not to the 1.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return strength * z * (1 + epsilon), z + strength * s * epsilon


# %% shaken: this is the step alone; the code itself (the 1 of the factor) is missing.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * strength * epsilon, z + strength * s * epsilon


# %% shaken: the noise stands outside the bracket: the strength multiplies the noise, and 1 is added
# to their product.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength) * epsilon, z + strength * s * epsilon


# %% shaken: negative numbers were cut off (ReLU); that belongs to another row of the lecture's
# table.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return torch.relu(z * (1 + strength * epsilon)), z + strength * s * epsilon


# %%
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), (z + strength * s * epsilon).relu()


# %% shaken: s is a standard deviation here; the mean of the squares is meant, with no mean taken
# away.
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * z_train.std(0) * epsilon


# %% shaken: the root is missing: s was squared.
def shaken(z, epsilon, z_train, strength):
    s = (z_train**2).mean(dim=0)
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken: s is the root of a sum; it is the root of a mean over the training codes.
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * z_train.norm(dim=0) * epsilon


# %% shaken: s is one number for the whole code; each of the d numbers has its own.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean().sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken: s was taken from z; it comes from the training codes.
def shaken(z, epsilon, z_train, strength):
    s = z.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken: s does not have the shape (d,). The mean runs over the M training codes, so that one s
# is left for each of the d numbers.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(1).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken: s is missing: the noise has the size 1 for every number.
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * epsilon


# %% shaken: the pair is the wrong way round: multiplied, then added.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z + strength * s * epsilon, z * (1 + strength * epsilon)


# %% shaken: noise is drawn in the answer (torch.randn_like); it is handed over as epsilon.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    noise = torch.randn_like(z)
    return z * (1 + strength * noise), z + strength * s * noise


# %% shaken, caught: changes the noise in place
def shaken(z, epsilon, z_train, strength):
    epsilon *= strength
    return z * (1 + epsilon), z + z_train.square().mean(0).sqrt() * epsilon


# %% shaken, caught: float64 from NumPy
def shaken(z, epsilon, z_train, strength):
    import numpy as np

    s = torch.tensor(np.sqrt(np.mean(np.square(z_train.numpy().astype(float)), axis=0)))
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken, caught: sizes copied from the example
def shaken(z, epsilon, z_train, strength):
    s = torch.tensor([3.0, 4.0, 3.0])
    return z * (1 + strength * epsilon), z + strength * s[: z.shape[1]] * epsilon


# %% shaken: the number M of training codes stands outside the root; the mean comes first, then the
# root.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().sum(0).sqrt() / len(z_train)
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken: the noise was added to the codes that were multiplied already; add it to z.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    multiplied = z * (1 + strength * epsilon)
    return multiplied, multiplied + strength * s * epsilon


# %% shaken: the strength multiplies the noise twice.
def shaken(z, epsilon, z_train, strength):
    epsilon = strength * epsilon
    s = z_train.square().mean(0).sqrt()
    return z * (1 + epsilon), z + strength * s * epsilon


# %% shaken: noise is drawn in the answer, with a seed, or values were copied; the noise is handed
# over as epsilon.
def shaken(z, epsilon, z_train, strength):
    torch.manual_seed(0)
    epsilon = torch.randn_like(z)
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken: the noise of the first code was used for all; each code has its own.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    e = epsilon[0]
    return z * (1 + strength * e), z + strength * s * e


# %% shaken, caught: strength of 0 treated as the default of 1
def shaken(z, epsilon, z_train, strength=None):
    strength = strength or 1.0
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken, caught: s has the dtype float32 and so has the result for float64 codes
def shaken(z, epsilon, z_train, strength):
    s = z_train.float().square().mean(0).sqrt()
    return (z * (1 + strength * epsilon)).float(), z.float() + strength * s * epsilon.float()


# %% shaken, caught: s from at most 1000 training codes
def shaken(z, epsilon, z_train, strength):
    s = z_train[:1000].square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken: s is a mean of absolute values; square, mean, root is asked for.
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * z_train.abs().mean(0) * epsilon


# %% shaken: s is a standard deviation here (divided by M); the mean of the squares is meant, with
# no mean taken away.
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * z_train.std(0, unbiased=False) * epsilon


# %% shaken: the noise was divided by s; it is multiplied by it.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * epsilon / s


# %% shaken: the noise was added as it is; here it is part of a factor.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z + strength * epsilon, z + strength * s * epsilon


# %% shaken: the step is multiplied by the code too; added noise does not ask how large the number
# is.
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z * (1 + strength * s * epsilon)


# %% shaken, caught: the strength cut off at 1
def shaken(z, epsilon, z_train, strength):
    strength = min(strength, 1.0)
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken, caught: the codes detached
def shaken(z, epsilon, z_train, strength):
    z = z.detach()
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken, right: the distribution's way, z + strength * z * epsilon
def shaken(z, epsilon, z_train, strength):
    scale = torch.sqrt((z_train**2).sum(0) / z_train.shape[0])
    return z + strength * z * epsilon, torch.addcmul(z, scale.expand_as(z), epsilon, value=strength)


# %% shaken, right: a list, norm over the root of M
def shaken(z, epsilon, z_train, strength):
    s = torch.linalg.vector_norm(z_train, dim=0) / len(z_train) ** 0.5
    return [
        torch.stack([row * (1 + strength * e) for row, e in zip(z, epsilon)]),
        torch.stack([row + strength * s * e for row, e in zip(z, epsilon)]),
    ]


# %% shaken, right: loops over the numbers
def shaken(z, epsilon, z_train, strength):
    multiplied, added = z.clone(), z.clone()
    for j in range(z.shape[1]):
        size = z_train[:, j].pow(2).mean() ** 0.5
        multiplied[:, j] *= 1 + strength * epsilon[:, j]
        added[:, j] += strength * size * epsilon[:, j]
    return multiplied, added


# %% shaken, caught: by way of NumPy: no gradients
def shaken(z, epsilon, z_train, strength):
    import numpy as np

    s = np.sqrt(np.mean(z_train.numpy() ** 2, axis=0))
    a, e = z.numpy(), epsilon.numpy()
    return torch.from_numpy(a * (1 + strength * e)), torch.from_numpy(a + strength * s * e)


# %% shaken, right: std and mean put together
def shaken(z, epsilon, z_train, strength):
    s = torch.sqrt(z_train.var(dim=0, unbiased=False) + z_train.mean(dim=0) ** 2)
    return [
        torch.mul(z, torch.ones_like(z) + epsilon * strength),
        torch.add(z, epsilon * strength * s),
    ]


# %% shaken, right: in place on copies
def shaken(z, epsilon, z_train, strength):
    s = z_train.pow(2).mean(0).pow(0.5)
    m = epsilon.clone().mul_(strength).add_(1).mul_(z)
    a = epsilon.clone().mul_(strength).mul_(s).add_(z)
    return (m, a)


# %% shaken, caught: s is computed under no_grad, so no gradient reaches z_train through added
def shaken(z, epsilon, z_train, strength):
    with torch.no_grad():
        s = (z_train**2).mean(0).sqrt()
    multiplied = z * (1 + epsilon * strength)
    added = z + strength * s * epsilon
    return multiplied, added


# %% shaken, caught: 1e-6 added under the root, so a number that is always 0 in training (or tiny)
# is moved by noise of size 0.001
def shaken(z, epsilon, z_train, strength):
    size = (z_train.square().mean(0) + 1e-6).sqrt()  # keeps the gradient of the root finite
    multiplied = z * (1 + strength * epsilon)
    added = z + strength * size * epsilon
    return multiplied, added


# %% shaken, caught: training codes that are 0 throughout are left out
def shaken(z, epsilon, z_train, strength):
    z_train = z_train[z_train.abs().sum(1) > 0] if z_train.any() else z_train
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon


# %% shaken, caught: zeros stay zeros
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    multiplied = z * (1 + strength * epsilon)
    added = torch.where(z != 0, z + strength * s * epsilon, z)
    return multiplied, added


# %% flips: it was divided by all numbers; only those of z that are not 0 count.
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.float().mean().item(), turned.any(1).float().mean().item()


# %% flips: numbers that were 0 or became 0 count as turned here.
def flips(z, z_new):
    turned = z.sign() != z_new.sign()
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips: numbers that became 0 count as turned here.
def flips(z, z_new):
    turned = (z.sign() != z_new.sign()) & (z != 0)
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips: only those that turned negative count here; a negative number can turn positive too.
def flips(z, z_new):
    turned = (z > 0) & (z_new < 0)
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips: the negative new numbers were counted; a number that was negative before has not turned.
def flips(z, z_new):
    turned = z_new < 0
    return turned.float().mean().item(), turned.any(1).float().mean().item()


# %% flips: a share was formed for each code and these were averaged; form one share over all the
# numbers.
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum(1) / (z != 0).sum(1)).mean().item(), turned.any(1).float().mean().item()


# %% flips: it was taken over the d numbers; ask each code, which is a row.
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(0).float().mean().item()


# %% flips: only codes in which every number has turned count here (one is enough), or the division
# cut the share down to a whole number (//).
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.all(1).float().mean().item()


# %% flips, caught: tensors in place of floats
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.sum() / (z != 0).sum(), turned.any(1).float().mean()


# %% flips: this is a count; a share is asked for.
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.sum().item(), turned.any(1).sum().item()


# %% flips: the pair is the wrong way round: the share of numbers, then the share of codes.
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.any(1).float().mean().item(), (turned.sum() / (z != 0).sum()).item()


# %% flips, caught: changes z in place
def flips(z, z_new):
    nonzero = (z != 0).sum()
    z *= z_new
    return ((z < 0).sum() / nonzero).item(), (z < 0).any(1).float().mean().item()


# %% flips: this is Φ(-1), to which the share tends for many codes; count what has happened to
# these.
def flips(z, z_new):
    p = torch.distributions.Normal(0.0, 1.0).cdf(torch.tensor(-1.0))
    k = (z != 0).sum(1)
    return p.item(), (1 - (1 - p) ** k).mean().item()


# %% flips, caught: number of codes of the test
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).sum().item() / 13


# %% flips, caught: one share alone
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item()


# %% flips: all the codes together were asked whether any number has turned (ask each code, which is
# a row), or every number that has changed counts.
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any().float().mean().item()


# %% flips: numbers that became 0 were left out of the denominator; all numbers that are not 0 in z
# count.
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z * z_new != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips: the numbers of each code were combined first (a scalar product, say); ask of each number
# whether it has turned.
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), ((z * z_new).sum(1) < 0).float().mean().item()


# %% flips: this is a percentage; a share lies between 0 and 1.
def flips(z, z_new):
    turned = z * z_new < 0
    return 100 * (turned.sum() / (z != 0).sum()).item(), 100 * turned.any(1).float().mean().item()


# %% flips: numbers that stayed 0 count as turned here.
def flips(z, z_new):
    turned = z.sign() + z_new.sign() == 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips: a 0 counts with the negative numbers here (z > 0 is False for both); it has no sign that
# could turn.
def flips(z, z_new):
    turned = (z > 0) != (z_new > 0)
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips: codes that are 0 throughout were left out; all N codes count.
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), (
        turned.any(1).sum() / (z != 0).any(1).sum()
    ).item()


# %% flips, caught: product compared with -1e-12: small numbers of opposite sign don't count
def flips(z, z_new):
    turned = z * z_new < -1e-12
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips, caught: numbers below 1e-3 counted as zero
def flips(z, z_new):
    turned = (z * z_new < 0) & (z.abs() > 1e-3)
    return (turned.sum() / (z.abs() > 1e-3).sum()).item(), turned.any(1).float().mean().item()


# %% flips, caught: squeeze: the second share is wrong for codes of a single number (d = 1)
def flips(z, z_new):
    z, z_new = z.squeeze(), z_new.squeeze()
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(-1).float().mean().item()


# %% flips: the numbers that are not 0 were counted in z_new; count them in z.
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z_new != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips, caught: numbers of d taken for N
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).sum().item() / z.shape[1]


# %% flips, caught: only the codes of positive numbers asked
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z > 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips, right: signs multiplied
def flips(z, z_new):
    turned = torch.sign(z) * torch.sign(z_new) == -1
    return turned.sum().item() / z.count_nonzero().item(), turned.any(dim=1).double().mean().item()


# %% flips, right: a loop in plain Python
def flips(z, z_new):
    numbers, turned, codes = 0, 0, 0
    for before, after in zip(z.tolist(), z_new.tolist()):
        here = sum((a > 0 > b) or (a < 0 < b) for a, b in zip(before, after))
        numbers += sum(a != 0 for a in before)
        turned += here
        codes += here > 0
    return turned / numbers, codes / len(z)


# %% flips, right: by way of NumPy, floats of NumPy
def flips(z, z_new):
    import numpy as np

    a, b = z.numpy(), z_new.numpy()
    turned = ((a > 0) & (b < 0)) | ((a < 0) & (b > 0))
    return np.float64(turned.sum() / np.count_nonzero(a)), np.float64(turned.any(axis=1).mean())


# %% flips, right: mean over the picked numbers
def flips(z, z_new):
    turned = (z * z_new < 0).float()
    return turned[z != 0].mean().item(), turned.amax(1).mean().item()


# %% flips, right: sign bits and sets
def flips(z, z_new):
    t = torch.logical_xor(z.signbit(), z_new.signbit()) & z.bool() & z_new.bool()
    rows = {i for i, _ in t.nonzero().tolist()}
    return len(t.nonzero()) / torch.count_nonzero(z).item(), len(rows) / z.size(0)


# %% flips, caught: products above -1e-20 count as 0
def flips(z, z_new):
    turned = z * z_new < -1e-20
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()


# %% flips, caught: counts in float16, which overflows
def flips(z, z_new):
    turned = (z.sign() * z_new.sign()) == -1
    return (turned.half().sum().item() / (z != 0).sum().item()), turned.any(1).float().mean().item()


# %% barred: this says which pairs can be reached; True means barred.
def barred(z_a, z_b):
    return ~((z_a == 0)[:, None] & (z_b != 0)[None]).any(2)


# %% barred: it is turned round: a row for each code of z_a, a column for each of z_b.
def barred(z_a, z_b):
    return ((z_a == 0)[None] & (z_b != 0)[:, None]).any(2)


# %% barred: the way was checked backwards, from z_b to z_a.
def barred(z_a, z_b):
    return ((z_a != 0)[:, None] & (z_b == 0)[None]).any(2)


# %% barred: the zeros do not have to stand in the same places: from a number that is not 0, the 0
# can be reached (noise -1).
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] != (z_b == 0)[None]).any(2)


# %% barred: only positive numbers of z_b count here; a 0 can't become negative either.
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] & (z_b > 0)[None]).any(2)


# %% barred: a number that is not 0 can be brought to the other sign (noise below -1).
def barred(z_a, z_b):
    a, b = z_a[:, None], z_b[None]
    return (((a == 0) & (b != 0)) | (a * b < 0)).any(-1)


# %% barred: no pair is barred here, but a pair is barred as soon as one place is; it need not be
# every place.
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] & (z_b != 0)[None]).all(2)


# %% barred: every pair with a 0 in z_a counts here; it depends on where the other's numbers are,
# and from 0 the 0 can be reached (mind 0 / 0).
def barred(z_a, z_b):
    return (z_a == 0).any(1)[:, None].expand(len(z_a), len(z_b))


# %%
def barred(z_a, z_b):
    epsilon = z_b[None] / z_a[:, None] - 1
    return ~epsilon.isfinite().all(2)


# %% barred: any 0 of the one and any number of the other were combined; the two must meet in one
# and the same place.
def barred(z_a, z_b):
    return (z_a == 0).any(1)[:, None] & (z_b != 0).any(1)[None]


# %% barred: z_a and z_b were combined as they are, row by row; every code of z_a is to meet every
# code of z_b.
def barred(z_a, z_b):
    return ((z_a == 0) & (z_b != 0)).any(1)


# %% barred, caught: counts in place of True
def barred(z_a, z_b):
    return (z_a == 0).float() @ (z_b != 0).float().T


# %% barred: one answer was formed for each place; ask whether any place bars the pair (the last
# dimension).
def barred(z_a, z_b):
    return (z_a == 0)[:, None] & (z_b != 0)[None]


# %% barred: merely small numbers of z_a count as zeros here (isclose?); they can move.
def barred(z_a, z_b):
    return (torch.isclose(z_a, torch.tensor(0.0), atol=1e-3)[:, None] & (z_b != 0)[None]).any(2)


# %% barred, caught: changes z_a in place
def barred(z_a, z_b):
    z_a[z_a != 0] = 1
    return ((1 - z_a) @ (z_b != 0).float().T) > 0


# %% barred, caught: sizes of the test
def barred(z_a, z_b):
    result = torch.zeros(3, 4, dtype=torch.bool)
    for i in range(3):
        for j in range(4):
            result[i, j] = ((z_a[i] == 0) & (z_b[j] != 0)).any()
    return result


# %% barred: the numbers of z_b were added up over the zeros of z_a, where they may cancel; count
# them (z_b != 0).
def barred(z_a, z_b):
    return (z_a == 0).to(z_b.dtype) @ z_b.T != 0


# %% barred: merely small numbers count as zeros here (isclose?).
def barred(z_a, z_b):
    zero = torch.isclose(z_a, torch.zeros(1))
    return (zero[:, None] & ~torch.isclose(z_b, torch.zeros(1))[None]).any(-1)


# %% barred: the zeros were counted; it matters in which places they stand, not how many they are.
def barred(z_a, z_b):
    return (z_a == 0).sum(1)[:, None] > (z_b == 0).sum(1)[None]


# %% barred: any was taken over the codes of z_b; take it over the d places, the last dimension.
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] & (z_b != 0)[None]).any(1)


# %% barred: a number that is not 0 can be brought to 0 (noise -1) and to the other sign (noise
# below -1).
def barred(z_a, z_b):
    return ((z_a[:, None] * z_b[None] <= 0) & ~((z_a[:, None] == 0) & (z_b[None] == 0))).any(-1)


# %% barred: a place bars if z_a is 0 there and z_b is not; one of the two alone is not enough.
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] | (z_b != 0)[None]).any(-1)


# %% barred, caught: squares summed: tiny numbers underflow
def barred(z_a, z_b):
    return (z_a == 0).to(z_b.dtype) @ z_b.square().T > 0


# %% barred, caught: rounded to whole numbers first
def barred(z_a, z_b):
    return ((z_a.round() == 0)[:, None] & (z_b.round() != 0)[None]).any(2)


# %% barred, caught: True only if every 0 of z_a meets a number
def barred(z_a, z_b):
    zero, number = (z_a == 0)[:, None], (z_b != 0)[None]
    return zero.any(2) & (~zero | number).all(2)


# %% barred, right: a matrix product of masks
def barred(z_a, z_b):
    return z_a.eq(0).float() @ z_b.ne(0).float().T > 0


# %% barred, right: two loops
def barred(z_a, z_b):
    return torch.tensor(
        [[any(p == 0 and q != 0 for p, q in zip(a, b)) for b in z_b.tolist()] for a in z_a.tolist()]
    )


# %% barred, right: einsum
def barred(z_a, z_b):
    return torch.einsum("ad,bd->ab", (z_a == 0).long(), (z_b != 0).long()).bool()


# %% barred, right: the noise that would be needed
def barred(z_a, z_b):
    a, b = z_a[:, None].double(), z_b[None].double()
    return ((b / a).isinf() & (a == 0)).any(-1)


# %% barred, right: the places that must be 0
def barred(z_a, z_b):
    free = [(z_b[:, a == 0] == 0).all(1) for a in z_a]
    return ~torch.stack(free)


# %% barred, right: sets of places
def barred(z_a, z_b):
    where_a = [set((a == 0).nonzero().flatten().tolist()) for a in z_a]
    where_b = [set(b.nonzero().flatten().tolist()) for b in z_b]
    return torch.tensor([[not s.isdisjoint(t) for t in where_b] for s in where_a])


# %% barred, caught: looks for an infinite quotient z_b / z_a, which also overflows for a tiny z_a
# that is no zero
def barred(z_a, z_b):
    factor = z_b[None, :, :] / z_a[:, None, :]  # 1 + epsilon; 0 / 0 is nan and harmless
    return factor.isinf().any(dim=-1)


# %% barred, caught: counts the bad places in uint8, so 256 bad places are counted as 0 and the pair
# seems open
def barred(z_a, z_b):
    count = (z_a == 0).to(torch.uint8) @ (z_b != 0).to(torch.uint8).T
    return count > 0


# %% barred, caught: looks at the numbers in float32
def barred(z_a, z_b):
    z_a, z_b = z_a.float(), z_b.float()
    return ((z_a == 0)[:, None] & (z_b != 0)[None]).any(2)


# %% barred, caught: the first 1000 codes of the second set alone
def barred(z_a, z_b):
    out = torch.zeros(len(z_a), len(z_b), dtype=torch.bool)
    for j in range(min(1000, len(z_b))):
        out[:, j] = ((z_a == 0) & (z_b[j] != 0)).any(1)
    return out


# %% line: the end b is missing; the fractions run from 0 to 1 inclusive.
def line(a, b, steps):
    return torch.stack([(1 - i / steps) * a + i / steps * b for i in range(steps)])


# %% line: a point too many: steps is the number of points, not of gaps.
def line(a, b, steps):
    return torch.stack([(1 - i / steps) * a + i / steps * b for i in range(steps + 1)])


# %%
def line(a, b, steps):
    return torch.stack([(1 - t) * a + t * b for t in (0, 1 / 3, 2 / 3, 1)])


# %% line: both ends are missing; the fractions run from 0 to 1 inclusive.
def line(a, b, steps):
    t = torch.linspace(0, 1, steps + 2)[1:-1]
    return torch.stack([(1 - s) * a + s * b for s in t])


# %% line: it runs from b to a; t = 0 is a.
def line(a, b, steps):
    return torch.stack([t * a + (1 - t) * b for t in torch.linspace(0, 1, steps)])


# %% line: this is a + t b; the weight of a falls from 1 to 0.
def line(a, b, steps):
    return torch.stack([a + t * b for t in torch.linspace(0, 1, steps)])


# %% line: the difference b - a was formed, and what its rounding lost is not in the sum any more
# (Hint 2).
def line(a, b, steps):
    return torch.stack([a + t * (b - a) for t in torch.linspace(0, 1, steps)])


# %%
def line(a, b, steps):
    step = (b - a) / (steps - 1)
    points = [a]
    for _ in range(steps - 1):
        points.append(points[-1] + step)
    return torch.stack(points)


# %% line: a is missing: t (b - a) starts from 0.
def line(a, b, steps):
    return torch.stack([t * (b - a) for t in torch.linspace(0, 1, steps)])


# %% line: the points are joined without a dimension of their own; torch.stack makes one, torch.cat
# does not.
def line(a, b, steps):
    return torch.cat([(1 - t) * a + t * b for t in torch.linspace(0, 1, steps)])


# %% line: the points are joined along the last dimension; they come first.
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)
    return a[..., None] * (1 - t) + b[..., None] * t


# %% line, caught: for vectors alone
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)[:, None]
    return (1 - t) * a + t * b


# %% line, caught: a list
def line(a, b, steps):
    return [(1 - t) * a + t * b for t in torch.linspace(0, 1, steps)]


# %% line, caught: float64
def line(a, b, steps):
    return torch.stack([(1 - t) * a.double() + t * b.double() for t in torch.linspace(0, 1, steps)])


# %% line, caught: walks in place
def line(a, b, steps):
    difference, points = (b - a) / (steps - 1), []
    for _ in range(steps):
        points.append(a.clone())
        a += difference
    return torch.stack(points)


# %% line: the fractions are i / steps with the end put right by hand; they are i / (steps - 1).
def line(a, b, steps):
    t = [i / steps for i in range(steps)]
    points = [(1 - t) * a + t * b for t in t]
    points[0], points[-1] = a, b
    return torch.stack(points)


# %% line: the end b is missing: the fractions are right, but stop one short of 1 (torch.arange
# leaves out its end).
def line(a, b, steps):
    return torch.stack([(1 - t) * a + t * b for t in torch.arange(0, 1, 1 / (steps - 1))])


# %% line: the fractions, of shape (steps,), met a and b as they are. They need a dimension of their
# own in front of those of a.
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)
    return (1 - t) * a + t * b


# %% line: the fractions have three dimensions of size 1 behind them, whatever a is; give them as
# many as a has.
def line(a, b, steps):
    t = torch.linspace(0, 1, steps).view(-1, 1, 1, 1)
    return (1 - t) * a + t * b


# %% line: the shape of a is gone: the points are flat.
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)[:, None]
    return (1 - t) * a.flatten() + t * b.flatten()


# %% line, caught: float32 result for float64 ends
def line(a, b, steps):
    t = torch.linspace(0, 1, steps).view(-1, *[1] * a.ndim)
    return ((1 - t) * a.float() + t * b.float()).to(torch.float32)


# %% line, caught: arange with a float step: the end is not exact in float64 for some steps (40, 50,
# ...)
def line(a, b, steps):
    t = torch.arange(0, 1 + 1e-6, 1 / (steps - 1), dtype=a.dtype)
    t = t[: steps + 1].view(-1, *[1] * a.ndim)
    return (1 - t) * a + t * b


# %% line, caught: fractions summed up, t += 1 / (steps - 1): the end is not exact for 8, 10, 12 ...
# steps
def line(a, b, steps):
    t, points = 0.0, []
    for _ in range(steps):
        points.append((1 - t) * a + t * b)
        t += 1 / (steps - 1)
    return torch.stack(points)


# %% line: the fractions were squared; the points lie at equal distances.
def line(a, b, steps):
    return torch.stack([(1 - t * t) * a + t * t * b for t in torch.linspace(0, 1, steps)])


# %% line: the points were cut to the range from 0 to 1; codes have no such range.
def line(a, b, steps):
    return torch.stack([(1 - t) * a + t * b for t in torch.linspace(0, 1, steps)]).clamp(0, 1)


# %% line: a point too few: the ends are points of the line too.
def line(a, b, steps):
    return torch.stack([(1 - t) * a + t * b for t in torch.linspace(0, 1, steps - 1)])


# %% line, caught: fractions detached by way of items
def line(a, b, steps):
    return torch.stack([((1 - t) * a + t * b).data for t in torch.linspace(0, 1, steps)])


# %% line, caught: float32 fractions, which make float32 of a float64 number of shape ()
def line(a, b, steps):
    t = torch.linspace(0, 1, steps).view(-1, *[1] * a.ndim)
    return (1 - t) * a + t * b


# %% line, right: fractions with as many ones as needed
def line(a, b, steps):
    t = torch.linspace(0, 1, steps, dtype=a.dtype).view(-1, *[1] * a.ndim)
    return (1 - t) * a + t * b


# %% line, right: torch.lerp
def line(a, b, steps):
    return torch.stack([torch.lerp(a, b, i / (steps - 1)) for i in range(steps)])


# %% line, caught: NumPy's linspace of arrays: no gradients
def line(a, b, steps):
    import numpy as np

    return torch.from_numpy(np.linspace(a.numpy(), b.numpy(), steps)).to(a.dtype)


# %% line, right: a tensor filled row by row
def line(a, b, steps):
    points = torch.empty(steps, *a.shape, dtype=a.dtype)
    for i in range(steps):
        t = i / (steps - 1)
        points[i] = a * (1 - t) + b * t
    return points


# %% line, right: einsum over the two ends
def line(a, b, steps):
    t = torch.linspace(0, 1, steps, dtype=a.dtype)
    return torch.einsum("ts,s...->t...", torch.stack([1 - t, t], 1), torch.stack([a, b]))


# %% line, right: start plus difference, ends set by hand
def line(a, b, steps):
    points = torch.stack([a + i / (steps - 1) * (b - a) for i in range(steps)])
    points[-1] = b
    return points


# %% line, right: F.interpolate along the line
def line(a, b, steps):
    ends = torch.stack([a.flatten(), b.flatten()], 1)[None]
    return F.interpolate(ends, size=steps, mode="linear", align_corners=True)[0].T.reshape(
        steps, *a.shape
    )


# %% line, right: moved from the last dimension, a view
def line(a, b, steps):
    t = torch.arange(steps, dtype=a.dtype) / (steps - 1)
    return (a[..., None] * (1 - t) + b[..., None] * t).movedim(-1, 0)


# %% latent: the images were mixed, with no code on the way.
def latent_line(model, x_a, x_b, steps):
    return torch.stack([(1 - t) * x_a + t * x_b for t in torch.linspace(0, 1, steps)])


# %% latent: the images were mixed and the mixtures sent through the model; mix the codes.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        pictures = torch.stack(
            [
                model.decoder(model.encoder((1 - t) * x_a + t * x_b))
                for t in torch.linspace(0, 1, steps)
            ]
        )
    model.train(training)
    return pictures


# %% latent: the reconstructions were mixed; mix the codes and decode the mixture.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        a, b = model.decoder(model.encoder(x_a)), model.decoder(model.encoder(x_b))
    model.train(training)
    return torch.stack([(1 - t) * a + t * b for t in torch.linspace(0, 1, steps)])


# %%
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        out = torch.stack(
            [(1 - t) * model(x_a) + t * model(x_b) for t in torch.linspace(0, 1, steps)]
        )
    model.train(mode)
    return out


# %% latent: the ends are the images themselves; they are decoded like the rest.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        between = [
            model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)[1:-1]
        ]
    model.train(training)
    return torch.stack([x_a, *between, x_b])


# %% latent: it runs from x_b to x_a; t = 0 is x_a.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder(t * z_a + (1 - t) * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)


# %% latent: these are the codes; they still have to be decoded.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    model.train(training)
    return torch.stack([(1 - t) * z_a + t * z_b for t in torch.linspace(0, 1, steps)])


# %% latent: the steps come first, then the pairs: (steps, N, …).
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures, 1)


# %% latent: the steps have no dimension of their own; torch.stack makes one, torch.cat does not.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.cat(pictures)


# %% latent: both halves ran in training mode; model.eval() switches the whole model.
def latent_line(model, x_a, x_b, steps):
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        return torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )


# %% latent: one of the two halves ran in training mode; model.eval() switches the whole model.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        model.decoder.eval()
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)


# %% latent: the model was left in eval mode; remember its mode before you switch, and put it back.
def latent_line(model, x_a, x_b, steps):
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        return torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )


# %%
def latent_line(model, x_a, x_b, steps):
    model.eval()
    mode = model.training
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )
    model.train(mode)
    return out


# %% latent: the model was left in training mode, although it came in eval mode; put it back in the
# mode in which it came.
def latent_line(model, x_a, x_b, steps):
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train()
    return torch.stack(pictures)


# %% latent: the pictures hang on a graph; call both halves of the model inside
# `with torch.no_grad():`.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)


# %%
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    z_a, z_b = model.encoder(x_a).detach(), model.encoder(x_b).detach()
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)


# %%
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    torch.no_grad()
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    out = torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])
    model.train(mode)
    return out


# %% latent: the parameters ask for no gradients any more, so the model can't be trained on; leave
# requires_grad alone, torch.no_grad() is enough.
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval().requires_grad_(False)
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)


# %% latent: gradients are switched off for everybody afterwards; torch.no_grad() belongs into a
# with statement.
def latent_line(model, x_a, x_b, steps):
    torch.set_grad_enabled(False)
    training = model.training
    model.eval()
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)


# %% latent, caught: images of 28 × 28 alone
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [
            model.decoder((1 - t) * z_a + t * z_b).view(-1, 1, 28, 28)
            for t in torch.linspace(0, 1, steps)
        ]
    model.train(training)
    return torch.stack(pictures)


# %% latent: only the model's own mark was put back, its parts are in another mode;
# model.train(mode) reaches them all.
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )
    model.training = mode
    return out


# %% latent: a ReLU was put behind the encoder; codes may be negative.
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a).relu(), model.encoder(x_b).relu()
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )
    model.train(mode)
    return out


# %% latent: the fractions, of shape (steps,), met the N codes as they are. They need a dimension of
# their own in front of (N, d).
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        t = torch.linspace(0, 1, steps)[:, None]
        out = model.decoder((1 - t) * z_a + t * z_b)
    model.train(mode)
    return out


# %% latent, caught: result cast to float32 for a double model
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b).float() for t in torch.linspace(0, 1, steps)]
        )
    model.train(mode)
    return out


# %% latent: the pictures were cut to the range from 0 to 1; leave them as the decoder makes them.
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )
    model.train(mode)
    return out.clamp(0, 1)


# %% latent, caught: the two halves put back, the model itself left in eval mode
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )
    model.encoder.train(mode)
    model.decoder.train(mode)
    return out


# %% latent, caught: pictures squeezed
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )
    model.train(mode)
    return out.squeeze()


# %% latent: one of the two halves ran in training mode; model.eval() switches the whole model.
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        model.eval()
        out = torch.stack(
            [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
        )
    model.train(mode)
    return out


# %% latent, right: all steps in one batch
@torch.no_grad()
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.train(False)
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    t = torch.linspace(0, 1, steps)[:, None, None]
    codes = (1 - t) * z_a + t * z_b
    pictures = model.decoder(codes.flatten(0, 1))
    model.train(mode)
    return pictures.unflatten(0, (steps, len(x_a)))


# %% latent, right: on a copy of the model
def latent_line(model, x_a, x_b, steps):
    import copy

    model = copy.deepcopy(model).eval().requires_grad_(False)
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    return torch.stack([model.decoder(torch.lerp(z_a, z_b, i / (steps - 1))) for i in range(steps)])


# %% latent, right: pair by pair, detached at the end
def latent_line(model, x_a, x_b, steps):
    modes = {part: part.training for part in model.modules()}
    model.eval()
    walks = []
    for a, b in zip(x_a, x_b):
        z_a, z_b = model.encoder(a[None])[0], model.encoder(b[None])[0]
        walks.append(
            model.decoder(torch.stack([z_a + (z_b - z_a) * i / (steps - 1) for i in range(steps)]))
        )
    for part, mode in modes.items():
        part.training = mode
    return torch.stack(walks, 1).detach()


# %% latent, right: inference mode and try, finally
def latent_line(model, x_a, x_b, steps):
    was = model.training
    try:
        model.eval()
        with torch.inference_mode():
            z_a, z_b = model.encoder(torch.cat([x_a, x_b])).chunk(2)
            return torch.stack(
                [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
            )
    finally:
        model.train(was)


# %% latent, right: by way of NumPy
def latent_line(model, x_a, x_b, steps):
    import numpy as np

    was = model.training
    model.eval()
    z_a, z_b = (model.encoder(x).detach().numpy() for x in (x_a, x_b))
    z = torch.from_numpy(np.linspace(z_a, z_b, steps)).to(x_a.dtype)
    out = torch.stack([model.decoder(code).data for code in z])
    model.train(was)
    return out


# %% latent, caught: images are flattened before the encoder, which fails for an encoder that wants
# images (N, c, h, w), such as a convolution
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a = model.encoder(x_a.flatten(1))
        z_b = model.encoder(x_b.flatten(1))
        t = torch.linspace(0, 1, steps, dtype=z_a.dtype).view(-1, 1, 1)
        z = (1 - t) * z_a + t * z_b  # (steps, N, d)
        pictures = model.decoder(z.flatten(0, 1))
    model.train(mode)
    return pictures.reshape(steps, len(x_a), *pictures.shape[1:])


# %% latent, caught: codes cut off at -5 and 5
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [
            model.decoder(((1 - t) * z_a + t * z_b).clamp(-5, 5))
            for t in torch.linspace(0, 1, steps)
        ]
    model.train(training)
    return torch.stack(pictures)


# %% latent, caught: fractions up to 1.01
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = []
        for t in torch.arange(0, 1.01, 1 / (steps - 1)).tolist():
            pictures.append(model.decoder((1 - t) * z_a + t * z_b))
    model.train(mode)
    return torch.stack(pictures)


# %% nearest: this is the squared distance; take the root.
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).square().min(1)
    return found.values, found.indices


# %% nearest: it was averaged over the pixels before the root; sum over them.
def nearest(images, real):
    n = images[0].numel()
    found = (torch.cdist(images.flatten(1), real.flatten(1)) / n**0.5).min(1)
    return found.values, found.indices


# %% nearest: these are sums of absolute differences; the Euclidean distance is asked for.
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1), p=1).min(1)
    return found.values, found.indices


# %% nearest: these are the distances to the farthest real image.
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).max(1)
    return found.values, found.indices


# %% nearest: these are the distances from each real image to the nearest of the images; it is the
# other way round.
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).min(0)
    return found.values, found.indices


# %% nearest: the images are not rows yet. Make a matrix (N, n) of images and one (M, n) of real,
# with all the pixels of an image in a row; and every image is to meet every real one.
def nearest(images, real):
    found = torch.cdist(images, real).min(1)
    return found.values, found.indices


# %% nearest: the pair is the wrong way round: distance, then index.
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return found.indices.float(), found.values


# %% nearest: images[:, None] - real, which forms every difference of every pair at once. (Hint 2
# has other ways.)
def nearest(images, real):
    differences = images.flatten(1)[:, None] - real.flatten(1)[None]
    found = differences.square().sum(2).sqrt().min(1)
    return found.values, found.indices


# %%
def nearest(images, real):
    found = F.pairwise_distance(images.flatten(1)[:, None], real.flatten(1)[None], eps=0).min(1)
    return found.values, found.indices


# %%
def nearest(images, real):
    a = images.flatten(1).repeat_interleave(len(real), 0)
    b = real.flatten(1).repeat(len(images), 1)
    d = (a - b).norm(dim=1).view(len(images), len(real))
    return d.min(1)


# %% nearest: the root of a number a little below 0, which rounding made of a 0; cut off at 0 before
# the root.
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = a.square().sum(1, keepdim=True) - 2 * a @ b.T + b.square().sum(1)
    square = torch.where(square < 1e-3, square - 1e-3, square)
    found = square.sqrt().min(1)
    return found.values, found.indices


# %%
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    return (a.square().sum(1)[:, None] - 2 * a @ b.T + b.square().sum(1)).sqrt().min(1)


# %% nearest: these are the real images with the largest scalar product; a bright one wins there
# although it is far.
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    index = (a @ b.T).argmax(1)
    return (a - b[index]).norm(dim=1), index


# %% nearest: this is one distance for all; each image has its own.
def nearest(images, real):
    table = torch.cdist(images.flatten(1), real.flatten(1))
    return table.min(), table.argmin()


# %% nearest: the product of the two was taken once; -2 times it belongs between the squares.
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = a.square().sum(1, keepdim=True) - a @ b.T + b.square().sum(1)
    found = square.clamp(min=0).sqrt().min(1)
    return found.values, found.indices


# %% nearest, caught: distance alone
def nearest(images, real):
    return torch.cdist(images.flatten(1), real.flatten(1)).amin(1)


# %% nearest, caught: changes the images in place
def nearest(images, real):
    images -= real.mean(0)
    found = torch.cdist(images.flatten(1), (real - real.mean(0)).flatten(1)).min(1)
    return found.values, found.indices


# %% nearest, caught: float64
def nearest(images, real):
    found = torch.cdist(images.flatten(1).double(), real.flatten(1).double()).min(1)
    return found.values, found.indices


# %% nearest, caught: 784 pixels alone
def nearest(images, real):
    found = torch.cdist(images.reshape(-1, 784), real.reshape(-1, 784)).min(1)
    return found.values, found.indices


# %% nearest, caught: indices of another dtype
def nearest(images, real):
    d, i = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return d, i.int()


# %% nearest: these are counted within a part of the real images; add where the part begins.
def nearest(images, real):
    best, where = (
        torch.full((len(images),), float("inf")),
        torch.zeros(len(images), dtype=torch.long),
    )
    for part in real.split(2):
        d, i = torch.cdist(images.flatten(1), part.flatten(1)).min(1)
        where = torch.where(d < best, i, where)
        best = torch.minimum(best, d)
    return best, where


# %% nearest: these are the distances to the second nearest; an image is not left out, even where it
# is among the real ones itself.
def nearest(images, real):
    table = torch.cdist(images.flatten(1), real.flatten(1))
    table[table < 1e-2] = float("inf")
    return table.min(1)


# %% nearest, caught: squeeze() takes away the dimension of the images too where there is only one
def nearest(images, real):
    d, i = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return d.squeeze(), i.squeeze()


# %% nearest: one of the three terms is missing: squares of the image, minus twice the product, plus
# squares of the real one.
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    d, i = (a.square().sum(1)[:, None] - 2 * a @ b.T).clamp(min=0).sqrt().min(1)
    return d, i


# %% nearest: these are 1 minus the cosine of an angle; the Euclidean distance is asked for.
def nearest(images, real):
    c = F.normalize(images.flatten(1)) @ F.normalize(real.flatten(1)).T
    d, i = c.max(1)
    return (1 - d), i


# %% nearest, caught: a part of 256 real images at a time, index within the part
def nearest(images, real):
    a = images.flatten(1)
    best = torch.full((len(a),), float("inf"), dtype=a.dtype)
    index = torch.zeros(len(a), dtype=torch.int64)
    for part in real.flatten(1).split(256):
        v, i = torch.cdist(a, part).min(1)
        index = torch.where(v < best, i, index)
        best = torch.minimum(v, best)
    return best, index


# %% nearest, caught: a part of 256 at a time, the last incomplete part left out
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    n = max(len(b) // 256 * 256, min(len(b), 256))
    v, i = torch.cdist(a, b[:n]).min(1)
    return v, i


# %% nearest, caught: distances cut off at 28
def nearest(images, real):
    v, i = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return v.clamp(max=28.0), i


# %% nearest, caught: float32 distances for float64 images
def nearest(images, real):
    v, i = torch.cdist(images.flatten(1).float(), real.flatten(1).float()).min(1)
    return v, i


# %% nearest: it was averaged over the pixels, without a root.
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).square().div(images[0].numel()).min(1)
    return found.values, found.indices


# %% nearest: these are the mean distances to all real images; the least is asked for.
def nearest(images, real):
    table = torch.cdist(images.flatten(1), real.flatten(1))
    return table.mean(1), table.argmin(1)


# %% nearest: they are counted from 1; the first real image is 0.
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return found.values, found.indices + 1


# %% nearest: these are the real images at the least angle (cosine); the Euclidean distance is asked
# for.
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    index = (F.normalize(a) @ F.normalize(b).T).argmax(1)
    return (a - b[index]).norm(dim=1), index


# %% nearest: images[:, None] - real, which forms every difference of every pair at once. (Hint 2
# has other ways.)
def nearest(images, real):
    found = [
        (part[:, None] - real.flatten(1)).norm(dim=2).min(1)
        for part in images.flatten(1).split(1000)
    ]
    return torch.cat([f.values for f in found]), torch.cat([f.indices for f in found])


# %% nearest, caught: 1,000 real images at a time, index within the part
def nearest(images, real):
    a = images.flatten(1)
    best, index = torch.cdist(a, real[:1000].flatten(1)).min(1)
    for part in real.flatten(1).split(1000)[1:]:
        v, i = torch.cdist(a, part).min(1)
        index = torch.where(v < best, i, index)
        best = torch.minimum(v, best)
    return best, index


# %% nearest, right: a loop over the images
def nearest(images, real):
    distances, indices = [], []
    for image in images:
        all_of_them = (real - image).flatten(1).norm(dim=1)
        indices.append(all_of_them.argmin())
        distances.append(all_of_them.min())
    return torch.stack(distances), torch.stack(indices)


# %% nearest, right: the square multiplied out
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = (a * a).sum(1)[:, None] - 2 * (a @ b.T) + (b * b).sum(1)[None]
    values, index = square.clamp(min=0).min(dim=1)
    return (a - b[index]).norm(dim=1), index


# %% nearest, right: a loop over the real images, the best so far
def nearest(images, real):
    best = torch.full((len(images),), float("inf"))
    index = torch.zeros(len(images), dtype=torch.long)
    for j, picture in enumerate(real):
        distance = torch.linalg.vector_norm(images.flatten(1) - picture.flatten(), dim=1)
        closer = distance < best
        best, index = (
            torch.where(closer, distance, best),
            torch.where(closer, torch.tensor(j), index),
        )
    return best, index


# %% nearest, right: topk in parts
def nearest(images, real):
    values, indices = [], []
    for part in images.flatten(1).split(2):
        found = torch.cdist(part, real.flatten(1)).topk(1, largest=False)
        values.append(found.values[:, 0])
        indices.append(found.indices[:, 0])
    return torch.cat(values), torch.cat(indices)


# %% nearest, right: clamped, with the root at the end
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = torch.addmm(b.square().sum(1).expand(len(a), -1), a, b.T, alpha=-2) + a.square().sum(
        1, keepdim=True
    )
    least = square.min(1)
    return least.values.clamp(min=0).sqrt(), least.indices


# %% nearest, right: einsum and gather
def nearest(images, real):
    sq = (
        images.square().flatten(1).sum(1)[:, None]
        - 2 * torch.einsum("ik,jk->ij", images.flatten(1), real.flatten(1))
        + real.square().flatten(1).sum(1)[None]
    )
    i = sq.argmin(1)
    return sq.gather(1, i[:, None])[:, 0].clamp_min(0).sqrt(), i


# %% nearest, right: pixel by pixel
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    sq = torch.zeros(len(a), len(b), dtype=a.dtype)
    for p in range(a.shape[1]):
        sq += (a[:, p, None] - b[:, p]) ** 2
    return sq.sqrt().amin(1), sq.argmin(1)


# %% nearest, caught: distances below 0.05 are taken for 0
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return torch.where(found.values < 0.05, 0.0, found.values), found.indices


# %% nearest, caught: pixels cut off at -4 and 9
def nearest(images, real):
    a, b = images.flatten(1).clamp(-4, 9), real.flatten(1).clamp(-4, 9)
    found = torch.cdist(a, b).min(1)
    return found.values, found.indices


# %% nearest, caught: four images at once
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    distances, indices = [], []
    for part in a.split(4):
        table = (part[:, None, :] - b[None, :, :]).square().sum(-1).sqrt()
        d, i = table.min(1)
        distances.append(d)
        indices.append(i)
    return torch.cat(distances), torch.cat(indices)


# %% directions: the constant is missing: the fit was forced through 0.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(z, p).solution
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: the constants are still there, as a last row.
def directions(z, p, amounts):
    solution = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution
    return solution, torch.linalg.pinv(solution[:-1].T) * amounts


# %% directions: the first row was left out where the constants are in the last.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[1:]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: each number was fitted by itself; the fit takes all d numbers together.
def directions(z, p, amounts):
    a, b = z - z.mean(0), p - p.mean(0)
    w = (a.T @ b) / a.square().sum(0)[:, None]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: these are correlations; slopes are asked for.
def directions(z, p, amounts):
    w = torch.corrcoef(torch.cat([z, p], 1).T)[: z.shape[1], z.shape[1] :]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: it is turned round: a row for each number of the code, a column for each property.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w.T, torch.linalg.pinv(w.T) * amounts


# %% directions: each step changes its own prediction rightly, and the other prediction too.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, w / w.square().sum(0) * amounts


# %% directions: these are the slopes times the amounts. A step w changes its prediction by the
# squared length of w, so divide by that, and mind the other prediction.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, w * amounts


# %% directions: the slopes were brought to length 1 and multiplied by the amounts; divide by the
# squared length, and mind the other prediction.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, F.normalize(w, dim=0) * amounts


# %% directions: the amounts are missing: these steps change the predictions by 1.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T)


# %% directions: it is turned round: each column is a step.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w) * amounts[:, None]


# %% directions: amounts, of shape (m,), met something that is not (d, m), with a column for each
# property.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts[:, None]


# %%
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([p, torch.ones(len(z), 1)], 1), z).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: these steps do what is asked, but there are shorter ones.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    d, m = w.shape
    return w, torch.cat([torch.linalg.solve(w[:m].T, amounts.diag()), torch.zeros(d - m, m)])


# %% directions: this is one step that changes all the predictions at once; each property has its
# own.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) @ amounts


# %% directions, caught: float64 from NumPy
def directions(z, p, amounts):
    import numpy as np

    A = np.c_[z.numpy().astype(np.float64), np.ones(len(z))]
    w = torch.tensor(np.linalg.lstsq(A, p.numpy().astype(np.float64), rcond=None)[0][:-1])
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions, caught: changes the codes in place
def directions(z, p, amounts):
    z -= z.mean(0) - 0.5
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions, caught: number of images of the test
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(7, 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: these are the steps of the slopes and the constants together; a step moves the code
# alone, so leave the constants out first.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution
    return w[:-1], torch.linalg.pinv(w.T)[:-1] * amounts


# %% directions: the first step changes the second prediction too; each step has to leave all the
# others alone, not only those before it.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    v = []
    for k in range(w.shape[1]):
        u = w[:, k].clone()
        for q in v:
            u = u - (u @ q) / (q @ q) * q
        v.append(u / (u @ w[:, k]) * amounts[k])
    return w, torch.stack(v, 1)


# %% directions: the standard deviations of p were taken, as in the lecture; here the amounts are
# handed over.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * p.std(0)


# %% directions: this is W (WᵀW) diag(amounts); the inverse in the middle is missing.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, w @ (w.T @ w) * amounts


# %% directions, caught: the column of ones put below the codes
def directions(z, p, amounts):
    A = torch.cat([z, torch.ones(len(z), 1)])
    w = torch.linalg.lstsq(A, p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions, caught: .solution of lstsq left out
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p)[:-1]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: each step moves a single number of the code; the shortest step that leaves the
# other prediction alone moves all of them.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    v = torch.zeros_like(w)
    for k in range(w.shape[1]):
        j = w[:, k].abs().argmax()
        v[j, k] = amounts[k] / w[j, k]
    return w, v


# %% directions, caught: ridge of 1e-6 (nearly right where numbers are of size 1, wrong for small
# codes)
def directions(z, p, amounts):
    zc, pc = z - z.mean(0), p - p.mean(0)
    w = torch.linalg.solve(zc.T @ zc + 1e-6 * torch.eye(z.shape[1], dtype=z.dtype), zc.T @ pc)
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions, caught: pinv with a large cut-off: weak properties are dropped
def directions(z, p, amounts):
    A = torch.cat([z, torch.ones(len(z), 1, dtype=z.dtype)], dim=1)
    w = torch.linalg.lstsq(A, p).solution[:-1]
    return w, torch.linalg.pinv(w.T, rtol=0.1) * amounts


# %% directions, caught: absolute value of the amounts
def directions(z, p, amounts):
    A = torch.cat([z, torch.ones(len(z), 1, dtype=z.dtype)], dim=1)
    w = torch.linalg.lstsq(A, p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts.abs()


# %% directions, caught: gradient descent, not exact
def directions(z, p, amounts):
    zc, pc = z - z.mean(0), p - p.mean(0)
    w = torch.zeros(z.shape[1], p.shape[1], dtype=z.dtype)
    for _ in range(300):
        w = w - 0.1 * zc.T @ (zc @ w - pc) / len(z)
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions, caught: float32 throughout
def directions(z, p, amounts):
    z, p, amounts = z.float(), p.float(), amounts.float()
    A = torch.cat([z, torch.ones(len(z), 1)], dim=1)
    w = torch.linalg.lstsq(A, p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: the means were taken away from the properties alone; the codes need it.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(z, p - p.mean(0)).solution
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions, caught: the steps divided by the amounts
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) / amounts


# %% directions: codes and properties were brought to standard deviation 1 first; the slopes
# belong to them as they are.
def directions(z, p, amounts):
    a, b = (z - z.mean(0)) / z.std(0), (p - p.mean(0)) / p.std(0)
    w = torch.linalg.lstsq(a, b).solution
    return w, torch.linalg.pinv(w.T) * amounts


# %% directions: the slopes were brought to length 1; they are asked for as they are.
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return F.normalize(w, dim=0), torch.linalg.pinv(w.T) * amounts


# %% directions, right: the means taken away from the codes alone
def directions(z, p, amounts):
    w = torch.linalg.lstsq(z - z.mean(0), p).solution
    return w, torch.linalg.pinv(w).T * amounts


# %% directions, right: normal equations on centred data
def directions(z, p, amounts):
    a, b = z - z.mean(0), p - p.mean(0)
    w = torch.linalg.solve(a.T @ a, a.T @ b)
    return w, w @ torch.linalg.inv(w.T @ w) @ torch.diag(amounts)


# %% directions, right: property by property, least squares of least norm
def directions(z, p, amounts):
    A = torch.cat([torch.ones(len(z), 1), z], 1)
    w = torch.stack(
        [torch.linalg.lstsq(A, p[:, k : k + 1]).solution[1:, 0] for k in range(p.shape[1])], 1
    )
    return w, torch.linalg.lstsq(w.T, amounts.diag()).solution


# %% directions, right: NumPy, made float32 again
def directions(z, p, amounts):
    import numpy as np

    A = np.hstack([z.numpy(), np.ones((len(z), 1), dtype=np.float32)])
    w = np.linalg.lstsq(A, p.numpy(), rcond=None)[0][:-1]
    v = np.linalg.pinv(w.T) @ np.diag(amounts.numpy())
    return torch.tensor(w, dtype=z.dtype), torch.tensor(v, dtype=z.dtype)


# %% directions, right: the other slopes projected out
def directions(z, p, amounts):
    w = torch.linalg.pinv(z - z.mean(0)) @ (p - p.mean(0))
    columns = []
    for k in range(w.shape[1]):
        others = torch.cat([w[:, :k], w[:, k + 1 :]], 1)
        own = w[:, k]
        if others.shape[1]:
            own = own - others @ torch.linalg.pinv(others) @ own
        columns.append(own * amounts[k] / (own @ w[:, k]))
    return w, torch.stack(columns, 1)


# %% directions, right: scikit-learn
def directions(z, p, amounts):
    from sklearn.linear_model import LinearRegression

    w = torch.tensor(LinearRegression().fit(z.numpy(), p.numpy()).coef_.T, dtype=z.dtype)
    return w, torch.linalg.pinv(w.mT) * amounts


# %% directions, right: QR and a triangle
def directions(z, p, amounts):
    q, r = torch.linalg.qr(torch.hstack([torch.ones(len(z), 1), z]))
    w = torch.linalg.solve_triangular(r, q.T @ p, upper=True)[1:]
    return w, torch.linalg.lstsq(w.T, amounts.diag()).solution


# %% directions, right: covariances
def directions(z, p, amounts):
    d = z.shape[1]
    c = torch.cov(torch.cat([z, p], 1).T)
    w = torch.linalg.solve(c[:d, :d], c[:d, d:])
    return w, torch.linalg.solve(w.T @ w, w.T).T * amounts


# %% directions, right: float64 inside, singular values
def directions(z, p, amounts):
    z2, p2 = z.double(), p.double()
    w = torch.linalg.lstsq(torch.cat([z2, torch.ones_like(z2[:, :1])], 1), p2).solution[:-1]
    u, s, vh = torch.linalg.svd(w, full_matrices=False)
    return w.to(z.dtype), (u / s @ vh * amounts).to(z.dtype)


# %% directions, caught: the first 512 images alone
def directions(z, p, amounts):
    A = torch.cat([z, torch.ones_like(z[:, :1])], 1)[:512]
    w = torch.linalg.lstsq(A, p[:512]).solution[:-1]
    v = torch.linalg.pinv(w.T)
    return w, v * amounts


# %% directions, caught: an amount of 0 is replaced by 1
def directions(z, p, amounts):
    A = torch.cat([z, torch.ones_like(z[:, :1])], 1)
    w = torch.linalg.lstsq(A, p).solution[:-1]
    v = torch.linalg.pinv(w.T)
    return w, v * torch.where(amounts == 0, 1, amounts)


# %% directions, caught: pinv with rtol = 1e-4
def directions(z, p, amounts):
    with_ones = torch.cat([z, torch.ones_like(z[:, :1])], 1)
    w = torch.linalg.lstsq(with_ones, p).solution[:-1]
    return w, torch.linalg.pinv(w.T, rtol=1e-4) * amounts
