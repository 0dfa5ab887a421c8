# Answers to set 05 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex05-shaken | wrong | strength forgotten | the strength is missing
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + epsilon), z + s * epsilon

# %% ex05-shaken | wrong | strength on the whole factor | belongs to the noise alone
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return strength * z * (1 + epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | the 1 forgotten | the step alone
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * strength * epsilon, z + strength * s * epsilon

# %% ex05-shaken | wrong | noise outside the bracket | outside the bracket
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength) * epsilon, z + strength * s * epsilon

# %% ex05-shaken | wrong | a ReLU behind the noise | cut off (ReLU)
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return torch.relu(z * (1 + strength * epsilon)), z + strength * s * epsilon

# %% ex05-shaken | wrong | standard deviation | standard deviation
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * z_train.std(0) * epsilon

# %% ex05-shaken | wrong | root forgotten | the root is missing
def shaken(z, epsilon, z_train, strength):
    s = (z_train ** 2).mean(dim=0)
    return z * (1 + strength * epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | norm of the columns | root of a sum
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * z_train.norm(dim=0) * epsilon

# %% ex05-shaken | wrong | one size for the whole code | one number for the whole code
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean().sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | size of the codes to be shaken | was taken from z
def shaken(z, epsilon, z_train, strength):
    s = z.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | mean over the wrong dimension | The mean runs over the M training codes
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(1).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | size forgotten | the size 1 for every number
def shaken(z, epsilon, z_train, strength):
    return z * (1 + strength * epsilon), z + strength * epsilon

# %% ex05-shaken | wrong | pair the wrong way round | wrong way round
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z + strength * s * epsilon, z * (1 + strength * epsilon)

# %% ex05-shaken | wrong | draws its own noise | noise is drawn in the answer
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    noise = torch.randn_like(z)
    return z * (1 + strength * noise), z + strength * s * noise

# %% ex05-shaken | wrong | changes the noise in place | in place
def shaken(z, epsilon, z_train, strength):
    epsilon *= strength
    return z * (1 + epsilon), z + z_train.square().mean(0).sqrt() * epsilon

# %% ex05-shaken | wrong | float64 from NumPy | dtype
def shaken(z, epsilon, z_train, strength):
    import numpy as np
    s = torch.tensor(np.sqrt(np.mean(np.square(z_train.numpy().astype(float)), axis=0)))
    return z * (1 + strength * epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | sizes copied from the example | the values differ
def shaken(z, epsilon, z_train, strength):
    s = torch.tensor([3.0, 4.0, 3.0])
    return z * (1 + strength * epsilon), z + strength * s[:z.shape[1]] * epsilon

# %% ex05-shaken | wrong | M outside the root | stands outside the root
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().sum(0).sqrt() / len(z_train)
    return z * (1 + strength * epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | noise added to the multiplied codes | multiplied already
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    multiplied = z * (1 + strength * epsilon)
    return multiplied, multiplied + strength * s * epsilon

# %% ex05-shaken | wrong | strength taken twice | the strength multiplies the noise twice
def shaken(z, epsilon, z_train, strength):
    epsilon = strength * epsilon
    s = z_train.square().mean(0).sqrt()
    return z * (1 + epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | a ReLU behind the added noise | cut off (ReLU)
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), (z + strength * s * epsilon).relu()

# %% ex05-shaken | wrong | seeds the generator and draws | does not depend on epsilon
def shaken(z, epsilon, z_train, strength):
    torch.manual_seed(0)
    epsilon = torch.randn_like(z)
    s = z_train.square().mean(0).sqrt()
    return z * (1 + strength * epsilon), z + strength * s * epsilon

# %% ex05-shaken | wrong | the noise of the first code for all | the noise of the first code
def shaken(z, epsilon, z_train, strength):
    s = z_train.square().mean(0).sqrt()
    e = epsilon[0]
    return z * (1 + strength * e), z + strength * s * e

# %% ex05-shaken | right | the distribution's way, z + strength * z * epsilon
def shaken(z, epsilon, z_train, strength):
    scale = torch.sqrt((z_train ** 2).sum(0) / z_train.shape[0])
    return z + strength * z * epsilon, torch.addcmul(z, scale.expand_as(z), epsilon, value=strength)

# %% ex05-shaken | right | a list, norm over the root of M
def shaken(z, epsilon, z_train, strength):
    s = torch.linalg.vector_norm(z_train, dim=0) / len(z_train) ** 0.5
    return [torch.stack([row * (1 + strength * e) for row, e in zip(z, epsilon)]),
            torch.stack([row + strength * s * e for row, e in zip(z, epsilon)])]

# %% ex05-shaken | right | loops over the numbers
def shaken(z, epsilon, z_train, strength):
    multiplied, added = z.clone(), z.clone()
    for j in range(z.shape[1]):
        size = z_train[:, j].pow(2).mean() ** 0.5
        multiplied[:, j] *= 1 + strength * epsilon[:, j]
        added[:, j] += strength * size * epsilon[:, j]
    return multiplied, added

# %% ex05-shaken | right | by way of NumPy
def shaken(z, epsilon, z_train, strength):
    import numpy as np
    s = np.sqrt(np.mean(z_train.numpy() ** 2, axis=0))
    a, e = z.numpy(), epsilon.numpy()
    return torch.from_numpy(a * (1 + strength * e)), torch.from_numpy(a + strength * s * e)

# %% ex05-shaken | right | std and mean put together
def shaken(z, epsilon, z_train, strength):
    s = torch.sqrt(z_train.var(dim=0, unbiased=False) + z_train.mean(dim=0) ** 2)
    return [torch.mul(z, torch.ones_like(z) + epsilon * strength), torch.add(z, epsilon * strength * s)]

# %% ex05-shaken | right | in place on copies
def shaken(z, epsilon, z_train, strength):
    s = z_train.pow(2).mean(0).pow(.5)
    m = epsilon.clone().mul_(strength).add_(1).mul_(z)
    a = epsilon.clone().mul_(strength).mul_(s).add_(z)
    return (m, a)

# %% ex05-flips | wrong | divided by all numbers | divided by all numbers
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.float().mean().item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | signs compared, zeros included | numbers that were 0 or became 0
def flips(z, z_new):
    turned = z.sign() != z_new.sign()
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | numbers that became 0 | became 0 count as turned
def flips(z, z_new):
    turned = (z.sign() != z_new.sign()) & (z != 0)
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | positive to negative alone | can turn positive too
def flips(z, z_new):
    turned = (z > 0) & (z_new < 0)
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | negative new numbers counted | has not turned
def flips(z, z_new):
    turned = z_new < 0
    return turned.float().mean().item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | mean of the shares of the codes | form one share
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum(1) / (z != 0).sum(1)).mean().item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | any over the wrong dimension | ask each code
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(0).float().mean().item()

# %% ex05-flips | wrong | all in place of any | one is enough
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.all(1).float().mean().item()

# %% ex05-flips | wrong | tensors in place of floats | .item()
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.sum() / (z != 0).sum(), turned.any(1).float().mean()

# %% ex05-flips | wrong | counts | a count
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.sum().item(), turned.any(1).sum().item()

# %% ex05-flips | wrong | pair the wrong way round | wrong way round
def flips(z, z_new):
    turned = z * z_new < 0
    return turned.any(1).float().mean().item(), (turned.sum() / (z != 0).sum()).item()

# %% ex05-flips | wrong | changes z in place | in place
def flips(z, z_new):
    nonzero = (z != 0).sum()
    z *= z_new
    return ((z < 0).sum() / nonzero).item(), (z < 0).any(1).float().mean().item()

# %% ex05-flips | wrong | the normal law in place of the count | count what has happened
def flips(z, z_new):
    p = torch.distributions.Normal(0.0, 1.0).cdf(torch.tensor(-1.0))
    k = (z != 0).sum(1)
    return p.item(), (1 - (1 - p) ** k).mean().item()

# %% ex05-flips | wrong | number of codes of the test | times as much
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).sum().item() / 13

# %% ex05-flips | wrong | one share alone | The pair
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item()

# %% ex05-flips | wrong | all codes asked at once | all the codes together were asked
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any().float().mean().item()

# %% ex05-flips | wrong | numbers that became 0 left out | left out of the denominator
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z * z_new != 0).sum()).item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | scalar products of codes | a scalar product
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), ((z * z_new).sum(1) < 0).float().mean().item()

# %% ex05-flips | wrong | percentages | this is a percentage
def flips(z, z_new):
    turned = z * z_new < 0
    return 100 * (turned.sum() / (z != 0).sum()).item(), 100 * turned.any(1).float().mean().item()

# %% ex05-flips | wrong | signs added, which 0 and 0 do too | stayed 0 count
def flips(z, z_new):
    turned = z.sign() + z_new.sign() == 0
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | z > 0 compared, zeros with the negative | counts with the negative numbers
def flips(z, z_new):
    turned = (z > 0) != (z_new > 0)
    return (turned.sum() / (z != 0).sum()).item(), turned.any(1).float().mean().item()

# %% ex05-flips | wrong | codes of zeros left out | 0 throughout were left out
def flips(z, z_new):
    turned = z * z_new < 0
    return (turned.sum() / (z != 0).sum()).item(), (turned.any(1).sum() / (z != 0).any(1).sum()).item()

# %% ex05-flips | right | signs multiplied
def flips(z, z_new):
    turned = torch.sign(z) * torch.sign(z_new) == -1
    return turned.sum().item() / z.count_nonzero().item(), turned.any(dim=1).double().mean().item()

# %% ex05-flips | right | a loop in plain Python
def flips(z, z_new):
    numbers, turned, codes = 0, 0, 0
    for before, after in zip(z.tolist(), z_new.tolist()):
        here = sum((a > 0 > b) or (a < 0 < b) for a, b in zip(before, after))
        numbers += sum(a != 0 for a in before)
        turned += here
        codes += here > 0
    return turned / numbers, codes / len(z)

# %% ex05-flips | right | by way of NumPy, floats of NumPy
def flips(z, z_new):
    import numpy as np
    a, b = z.numpy(), z_new.numpy()
    turned = ((a > 0) & (b < 0)) | ((a < 0) & (b > 0))
    return np.float64(turned.sum() / np.count_nonzero(a)), np.float64(turned.any(axis=1).mean())

# %% ex05-flips | right | mean over the picked numbers
def flips(z, z_new):
    turned = (z * z_new < 0).float()
    return turned[z != 0].mean().item(), turned.amax(1).mean().item()

# %% ex05-flips | right | sign bits and sets
def flips(z, z_new):
    t = torch.logical_xor(z.signbit(), z_new.signbit()) & z.bool() & z_new.bool()
    rows = {i for i, _ in t.nonzero().tolist()}
    return len(t.nonzero()) / torch.count_nonzero(z).item(), len(rows) / z.size(0)

# %% ex05-barred | wrong | what can be reached | True means barred
def barred(z_a, z_b):
    return ~((z_a == 0)[:, None] & (z_b != 0)[None]).any(2)

# %% ex05-barred | wrong | turned round | turned round
def barred(z_a, z_b):
    return ((z_a == 0)[None] & (z_b != 0)[:, None]).any(2)

# %% ex05-barred | wrong | backwards | checked backwards
def barred(z_a, z_b):
    return ((z_a != 0)[:, None] & (z_b == 0)[None]).any(2)

# %% ex05-barred | wrong | the same zeros demanded | same places
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] != (z_b == 0)[None]).any(2)

# %% ex05-barred | wrong | positive targets alone | can't become negative
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] & (z_b > 0)[None]).any(2)

# %% ex05-barred | wrong | signs can't turn | to the other sign
def barred(z_a, z_b):
    a, b = z_a[:, None], z_b[None]
    return (((a == 0) & (b != 0)) | (a * b < 0)).any(-1)

# %% ex05-barred | wrong | every place must bar | need not be every place
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] & (z_b != 0)[None]).all(2)

# %% ex05-barred | wrong | any zero bars all | depends on where the other's numbers are
def barred(z_a, z_b):
    return (z_a == 0).any(1)[:, None].expand(len(z_a), len(z_b))

# %% ex05-barred | wrong | places not matched | one and the same place
def barred(z_a, z_b):
    return (z_a == 0).any(1)[:, None] & (z_b != 0).any(1)[None]

# %% ex05-barred | wrong | one to one | is to meet every code of z_b
def barred(z_a, z_b):
    return ((z_a == 0) & (z_b != 0)).any(1)

# %% ex05-barred | wrong | counts in place of True | dtype torch.bool
def barred(z_a, z_b):
    return (z_a == 0).float() @ (z_b != 0).float().T

# %% ex05-barred | wrong | no any | the last dimension
def barred(z_a, z_b):
    return (z_a == 0)[:, None] & (z_b != 0)[None]

# %% ex05-barred | wrong | small numbers taken for zeros | merely small numbers of z_a
def barred(z_a, z_b):
    return (torch.isclose(z_a, torch.tensor(0.0), atol=1e-3)[:, None] & (z_b != 0)[None]).any(2)

# %% ex05-barred | wrong | noise found by division, 0/0 | mind 0 / 0
def barred(z_a, z_b):
    epsilon = z_b[None] / z_a[:, None] - 1
    return ~epsilon.isfinite().all(2)

# %% ex05-barred | wrong | changes z_a in place | in place
def barred(z_a, z_b):
    z_a[z_a != 0] = 1
    return ((1 - z_a) @ (z_b != 0).float().T) > 0

# %% ex05-barred | wrong | sizes of the test | This happened in barred
def barred(z_a, z_b):
    result = torch.zeros(3, 4, dtype=torch.bool)
    for i in range(3):
        for j in range(4):
            result[i, j] = ((z_a[i] == 0) & (z_b[j] != 0)).any()
    return result

# %% ex05-barred | wrong | numbers added up, which may cancel | they may cancel
def barred(z_a, z_b):
    return (z_a == 0).float() @ z_b.T != 0

# %% ex05-barred | wrong | isclose on both | count as zeros here (isclose?)
def barred(z_a, z_b):
    zero = torch.isclose(z_a, torch.zeros(1))
    return (zero[:, None] & ~torch.isclose(z_b, torch.zeros(1))[None]).any(-1)

# %% ex05-barred | wrong | zeros counted | not how many they are
def barred(z_a, z_b):
    return (z_a == 0).sum(1)[:, None] > (z_b == 0).sum(1)[None]

# %% ex05-barred | wrong | any over the codes of z_b | taken over the codes of z_b
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] & (z_b != 0)[None]).any(1)

# %% ex05-barred | wrong | noise above -1 alone | can be brought to 0 (noise -1)
def barred(z_a, z_b):
    return ((z_a[:, None] * z_b[None] <= 0) & ~((z_a[:, None] == 0) & (z_b[None] == 0))).any(-1)

# %% ex05-barred | wrong | or in place of and | one of the two alone
def barred(z_a, z_b):
    return ((z_a == 0)[:, None] | (z_b != 0)[None]).any(-1)

# %% ex05-barred | right | a matrix product of masks
def barred(z_a, z_b):
    return z_a.eq(0).float() @ z_b.ne(0).float().T > 0

# %% ex05-barred | right | two loops
def barred(z_a, z_b):
    return torch.tensor([[any(p == 0 and q != 0 for p, q in zip(a, b)) for b in z_b.tolist()] for a in z_a.tolist()])

# %% ex05-barred | right | einsum
def barred(z_a, z_b):
    return torch.einsum("ad,bd->ab", (z_a == 0).long(), (z_b != 0).long()).bool()

# %% ex05-barred | right | the noise that would be needed
def barred(z_a, z_b):
    a, b = z_a[:, None].double(), z_b[None].double()
    return ((b / a).isinf() & (a == 0)).any(-1)

# %% ex05-barred | right | the places that must be 0
def barred(z_a, z_b):
    free = [(z_b[:, a == 0] == 0).all(1) for a in z_a]
    return ~torch.stack(free)

# %% ex05-barred | right | sets of places
def barred(z_a, z_b):
    where_a = [set((a == 0).nonzero().flatten().tolist()) for a in z_a]
    where_b = [set(b.nonzero().flatten().tolist()) for b in z_b]
    return torch.tensor([[not s.isdisjoint(t) for t in where_b] for s in where_a])

# %% ex05-traversal | wrong | added | were added to the number
def traversal(z, k, values):
    rows = z.repeat(len(values), 1)
    rows[:, k] += values
    return rows

# %% ex05-traversal | wrong | multiplied | was multiplied
def traversal(z, k, values):
    rows = z.repeat(len(values), 1)
    rows[:, k] *= values
    return rows

# %% ex05-traversal | wrong | counted from 1 | counted from 1
def traversal(z, k, values):
    rows = z.repeat(len(values), 1)
    rows[:, k - 1] = values
    return rows

# %% ex05-traversal | wrong | other numbers zero | stay as they are
def traversal(z, k, values):
    rows = torch.zeros(len(values), len(z))
    rows[:, k] = values
    return rows

# %% ex05-traversal | wrong | writes into z | in place
def traversal(z, k, values):
    rows = []
    for value in values:
        z[k] = value
        rows.append(z.clone())
    return torch.stack(rows)

# %% ex05-traversal | wrong | the same memory for each row | the last value
def traversal(z, k, values):
    row, rows = z.clone(), []
    for value in values:
        row[k] = value
        rows.append(row)
    return torch.stack(rows)

# %% ex05-traversal | wrong | expand without clone | This happened in traversal
def traversal(z, k, values):
    rows = z.expand(len(values), len(z))
    rows[:, k] = values
    return rows

# %% ex05-traversal | wrong | row for column | where a column is meant
def traversal(z, k, values):
    rows = z.repeat(len(values), 1)
    rows[k] = values
    return rows

# %% ex05-traversal | wrong | turned round | turned round
def traversal(z, k, values):
    rows = z[:, None].repeat(1, len(values))
    rows[k] = values
    return rows

# %% ex05-traversal | wrong | all numbers moved | only number k changes
def traversal(z, k, values):
    return z + values[:, None]

# %% ex05-traversal | wrong | size of the example | the shape
def traversal(z, k, values):
    rows = z.repeat(3, 1)
    for i in range(3):
        rows[i, k] = values[i]
    return rows

# %% ex05-traversal | wrong | float64 | dtype
def traversal(z, k, values):
    rows = z.double().repeat(len(values), 1)
    rows[:, k] = values.double()
    return rows

# %% ex05-traversal | wrong | a list of codes | a tensor was expected
def traversal(z, k, values):
    rows = [z.clone() for _ in values]
    for row, value in zip(rows, values):
        row[k] = value
    return rows

# %% ex05-traversal | wrong | each number repeated | repeat_interleave
def traversal(z, k, values):
    rows = z.repeat_interleave(len(values)).view(len(values), -1)
    rows[:, k] = values
    return rows

# %% ex05-traversal | wrong | repeated in one row | do not stand one below the other
def traversal(z, k, values):
    rows = z.repeat(len(values))
    rows[:, k] = values
    return rows

# %% ex05-traversal | wrong | k of the example | taken from the example
def traversal(z, k, values):
    rows = z.repeat(len(values), 1)
    rows[:, 1] = values
    return rows

# %% ex05-traversal | wrong | inserted, not replaced | which is still there
def traversal(z, k, values):
    return torch.stack([torch.cat([z[:k], v[None], z[k:]]) for v in values])

# %% ex05-traversal | right | expand and clone
def traversal(z, k, values):
    rows = z.expand(len(values), -1).clone()
    rows[:, k] = values
    return rows

# %% ex05-traversal | right | a loop
def traversal(z, k, values):
    rows = []
    for value in values:
        row = z.clone()
        row[k] = value
        rows.append(row)
    return torch.stack(rows)

# %% ex05-traversal | right | torch.where on a mask
def traversal(z, k, values):
    mask = torch.arange(len(z)) == k
    return torch.where(mask, values[:, None], z)

# %% ex05-traversal | right | joined from three parts
def traversal(z, k, values):
    n = len(values)
    return torch.cat([z[:k].expand(n, -1), values[:, None], z[k + 1 :].expand(n, -1)], dim=1)

# %% ex05-traversal | right | index_copy
def traversal(z, k, values):
    return z.repeat(len(values), 1).index_copy(1, torch.tensor([k]), values[:, None])

# %% ex05-traversal | right | one-hot arithmetic
def traversal(z, k, values):
    e = F.one_hot(torch.tensor(k), len(z)).to(z.dtype)
    return z * (1 - e) + values[:, None] * e

# %% ex05-line | wrong | end left out | the end b is missing
def line(a, b, steps):
    return torch.stack([(1 - i / steps) * a + i / steps * b for i in range(steps)])

# %% ex05-line | wrong | a point too many | a point too many
def line(a, b, steps):
    return torch.stack([(1 - i / steps) * a + i / steps * b for i in range(steps + 1)])

# %% ex05-line | wrong | both ends left out | both ends are missing
def line(a, b, steps):
    t = torch.linspace(0, 1, steps + 2)[1:-1]
    return torch.stack([(1 - s) * a + s * b for s in t])

# %% ex05-line | wrong | the other way | it runs from b to a
def line(a, b, steps):
    return torch.stack([t * a + (1 - t) * b for t in torch.linspace(0, 1, steps)])

# %% ex05-line | wrong | weights that don't add up | the weight of a falls
def line(a, b, steps):
    return torch.stack([a + t * b for t in torch.linspace(0, 1, steps)])

# %% ex05-line | wrong | start plus difference | the difference b - a was formed
def line(a, b, steps):
    return torch.stack([a + t * (b - a) for t in torch.linspace(0, 1, steps)])

# %% ex05-line | wrong | difference without the start | starts from 0
def line(a, b, steps):
    return torch.stack([t * (b - a) for t in torch.linspace(0, 1, steps)])

# %% ex05-line | wrong | joined with cat | torch.stack makes one
def line(a, b, steps):
    return torch.cat([(1 - t) * a + t * b for t in torch.linspace(0, 1, steps)])

# %% ex05-line | wrong | points in the last dimension | joined along the last dimension
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)
    return a[..., None] * (1 - t) + b[..., None] * t

# %% ex05-line | wrong | for vectors alone | line
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)[:, None]
    return (1 - t) * a + t * b

# %% ex05-line | wrong | a list | a tensor was expected
def line(a, b, steps):
    return [(1 - t) * a + t * b for t in torch.linspace(0, 1, steps)]

# %% ex05-line | wrong | float64 | dtype
def line(a, b, steps):
    return torch.stack([(1 - t) * a.double() + t * b.double() for t in torch.linspace(0, 1, steps)])

# %% ex05-line | wrong | walks in place | in place
def line(a, b, steps):
    difference, points = (b - a) / (steps - 1), []
    for _ in range(steps):
        points.append(a.clone())
        a += difference
    return torch.stack(points)

# %% ex05-line | wrong | steps of the example | shape
def line(a, b, steps):
    return torch.stack([(1 - t) * a + t * b for t in (0, 1 / 3, 2 / 3, 1)])

# %% ex05-line | wrong | i over steps, ends put right | the end put right by hand
def line(a, b, steps):
    t = [i / steps for i in range(steps)]
    points = [(1 - t) * a + t * b for t in t]
    points[0], points[-1] = a, b
    return torch.stack(points)

# %% ex05-line | wrong | arange, which stops short | torch.arange leaves out its end
def line(a, b, steps):
    return torch.stack([(1 - t) * a + t * b for t in torch.arange(0, 1, 1 / (steps - 1))])

# %% ex05-line | wrong | fractions as they are | dimension of their own in front
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)
    return (1 - t) * a + t * b

# %% ex05-line | wrong | fractions for images alone | three dimensions of size 1
def line(a, b, steps):
    t = torch.linspace(0, 1, steps).view(-1, 1, 1, 1)
    return (1 - t) * a + t * b

# %% ex05-line | wrong | flat points | the points are flat
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)[:, None]
    return (1 - t) * a.flatten() + t * b.flatten()

# %% ex05-line | wrong | a running sum | the difference b - a was formed
def line(a, b, steps):
    step = (b - a) / (steps - 1)
    points = [a]
    for _ in range(steps - 1):
        points.append(points[-1] + step)
    return torch.stack(points)

# %% ex05-line | right | fractions with as many ones as needed
def line(a, b, steps):
    t = torch.linspace(0, 1, steps).view(-1, *[1] * a.ndim)
    return (1 - t) * a + t * b

# %% ex05-line | right | torch.lerp
def line(a, b, steps):
    return torch.stack([torch.lerp(a, b, i / (steps - 1)) for i in range(steps)])

# %% ex05-line | right | NumPy's linspace of arrays
def line(a, b, steps):
    import numpy as np
    return torch.from_numpy(np.linspace(a.numpy(), b.numpy(), steps)).to(a.dtype)

# %% ex05-line | right | a tensor filled row by row
def line(a, b, steps):
    points = torch.empty(steps, *a.shape)
    for i in range(steps):
        t = i / (steps - 1)
        points[i] = a * (1 - t) + b * t
    return points

# %% ex05-line | right | einsum over the two ends
def line(a, b, steps):
    t = torch.linspace(0, 1, steps)
    return torch.einsum("ts,s...->t...", torch.stack([1 - t, t], 1), torch.stack([a, b]))

# %% ex05-line | right | start plus difference, ends set by hand
def line(a, b, steps):
    points = torch.stack([a + i / (steps - 1) * (b - a) for i in range(steps)])
    points[-1] = b
    return points

# %% ex05-line | right | F.interpolate along the line
def line(a, b, steps):
    ends = torch.stack([a.flatten(), b.flatten()], 1)[None]
    return F.interpolate(ends, size=steps, mode="linear", align_corners=True)[0].T.reshape(steps, *a.shape)

# %% ex05-line | right | moved from the last dimension, a view
def line(a, b, steps):
    t = torch.arange(steps) / (steps - 1)
    return (a[..., None] * (1 - t) + b[..., None] * t).movedim(-1, 0)

# %% ex05-latent | wrong | pixels mixed | no code on the way
def latent_line(model, x_a, x_b, steps):
    return torch.stack([(1 - t) * x_a + t * x_b for t in torch.linspace(0, 1, steps)])

# %% ex05-latent | wrong | mixtures of pixels through the model | sent through the model
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        pictures = torch.stack([model.decoder(model.encoder((1 - t) * x_a + t * x_b)) for t in torch.linspace(0, 1, steps)])
    model.train(training)
    return pictures

# %% ex05-latent | wrong | reconstructions mixed | the reconstructions were mixed
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        a, b = model.decoder(model.encoder(x_a)), model.decoder(model.encoder(x_b))
    model.train(training)
    return torch.stack([(1 - t) * a + t * b for t in torch.linspace(0, 1, steps)])

# %% ex05-latent | wrong | images at the ends | decoded like the rest
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        between = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)[1:-1]]
    model.train(training)
    return torch.stack([x_a, *between, x_b])

# %% ex05-latent | wrong | the other way | it runs from x_b to x_a
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder(t * z_a + (1 - t) * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)

# %% ex05-latent | wrong | codes not decoded | still have to be decoded
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    model.train(training)
    return torch.stack([(1 - t) * z_a + t * z_b for t in torch.linspace(0, 1, steps)])

# %% ex05-latent | wrong | pairs first | the steps come first
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures, 1)

# %% ex05-latent | wrong | joined with cat | torch.stack makes one
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.cat(pictures)

# %% ex05-latent | wrong | never in eval mode | ran in training mode
def latent_line(model, x_a, x_b, steps):
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        return torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])

# %% ex05-latent | wrong | decoder alone in eval mode | one of the two halves
def latent_line(model, x_a, x_b, steps):
    training = model.training
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        model.decoder.eval()
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)

# %% ex05-latent | wrong | left in eval mode | Remember model.training
def latent_line(model, x_a, x_b, steps):
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        return torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])

# %% ex05-latent | wrong | always put into training mode | came in eval mode
def latent_line(model, x_a, x_b, steps):
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train()
    return torch.stack(pictures)

# %% ex05-latent | wrong | gradients kept | hangs on a graph
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)

# %% ex05-latent | wrong | parameters frozen for good | asks for gradients otherwise
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval().requires_grad_(False)
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)

# %% ex05-latent | wrong | codes detached, decoder not | hangs on a graph
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    z_a, z_b = model.encoder(x_a).detach(), model.encoder(x_b).detach()
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)

# %% ex05-latent | wrong | gradients off for good | switched off for good
def latent_line(model, x_a, x_b, steps):
    torch.set_grad_enabled(False)
    training = model.training
    model.eval()
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    pictures = [model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)

# %% ex05-latent | wrong | images of 28 × 28 alone | This happened in latent_line
def latent_line(model, x_a, x_b, steps):
    training = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        pictures = [model.decoder((1 - t) * z_a + t * z_b).view(-1, 1, 28, 28) for t in torch.linspace(0, 1, steps)]
    model.train(training)
    return torch.stack(pictures)

# %% ex05-latent | wrong | the flag of the whole set by hand | setting model.training by hand
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])
    model.training = mode
    return out

# %% ex05-latent | wrong | the model called | no forward pass of its own
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        out = torch.stack([(1 - t) * model(x_a) + t * model(x_b) for t in torch.linspace(0, 1, steps)])
    model.train(mode)
    return out

# %% ex05-latent | wrong | a ReLU on the codes | codes may be negative
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a).relu(), model.encoder(x_b).relu()
        out = torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])
    model.train(mode)
    return out

# %% ex05-latent | wrong | fractions against pairs | in front of (N, d)
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        t = torch.linspace(0, 1, steps)[:, None]
        out = model.decoder((1 - t) * z_a + t * z_b)
    model.train(mode)
    return out

# %% ex05-latent | wrong | no_grad without with | hangs on a graph
def latent_line(model, x_a, x_b, steps):
    mode = model.training
    model.eval()
    torch.no_grad()
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    out = torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])
    model.train(mode)
    return out

# %% ex05-latent | wrong | mode remembered too late | Remember model.training
def latent_line(model, x_a, x_b, steps):
    model.eval()
    mode = model.training
    with torch.no_grad():
        z_a, z_b = model.encoder(x_a), model.encoder(x_b)
        out = torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])
    model.train(mode)
    return out

# %% ex05-latent | right | all steps in one batch
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

# %% ex05-latent | right | on a copy of the model
def latent_line(model, x_a, x_b, steps):
    import copy
    model = copy.deepcopy(model).eval().requires_grad_(False)
    z_a, z_b = model.encoder(x_a), model.encoder(x_b)
    return torch.stack([model.decoder(torch.lerp(z_a, z_b, i / (steps - 1))) for i in range(steps)])

# %% ex05-latent | right | pair by pair, detached at the end
def latent_line(model, x_a, x_b, steps):
    modes = {part: part.training for part in model.modules()}
    model.eval()
    walks = []
    for a, b in zip(x_a, x_b):
        z_a, z_b = model.encoder(a[None])[0], model.encoder(b[None])[0]
        walks.append(model.decoder(torch.stack([z_a + (z_b - z_a) * i / (steps - 1) for i in range(steps)])))
    for part, mode in modes.items():
        part.training = mode
    return torch.stack(walks, 1).detach()

# %% ex05-latent | right | inference mode and try, finally
def latent_line(model, x_a, x_b, steps):
    was = model.training
    try:
        model.eval()
        with torch.inference_mode():
            z_a, z_b = model.encoder(torch.cat([x_a, x_b])).chunk(2)
            return torch.stack([model.decoder((1 - t) * z_a + t * z_b) for t in torch.linspace(0, 1, steps)])
    finally:
        model.train(was)

# %% ex05-latent | right | by way of NumPy
def latent_line(model, x_a, x_b, steps):
    import numpy as np
    was = model.training
    model.eval()
    z_a, z_b = (model.encoder(x).detach().numpy() for x in (x_a, x_b))
    z = torch.from_numpy(np.linspace(z_a, z_b, steps, dtype=np.float32))
    out = torch.stack([model.decoder(code).data for code in z])
    model.train(was)
    return out

# %% ex05-nearest | wrong | squared distance | take the root
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).square().min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | mean over the pixels | sum over them
def nearest(images, real):
    n = images[0].numel()
    found = (torch.cdist(images.flatten(1), real.flatten(1)) / n**0.5).min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | absolute differences | sums of absolute differences
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1), p=1).min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | the farthest | farthest
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).max(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | least over the wrong dimension | the other way round
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).min(0)
    return found.values, found.indices

# %% ex05-nearest | wrong | not flattened | the images are not rows yet
def nearest(images, real):
    found = torch.cdist(images, real).min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | pair the wrong way round | wrong way round
def nearest(images, real):
    found = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return found.indices.float(), found.values

# %% ex05-nearest | wrong | all differences at once | came into being
def nearest(images, real):
    differences = images.flatten(1)[:, None] - real.flatten(1)[None]
    found = differences.square().sum(2).sqrt().min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | all differences at once, by broadcasting in norm | came into being
def nearest(images, real):
    found = F.pairwise_distance(images.flatten(1)[:, None], real.flatten(1)[None], eps=0).min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | root of a little less than 0 | a little below 0
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = a.square().sum(1, keepdim=True) - 2 * a @ b.T + b.square().sum(1)
    square = torch.where(square < 1e-3, square - 1e-3, square)
    found = square.sqrt().min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | scalar product in place of distance | largest scalar product
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    index = (a @ b.T).argmax(1)
    return (a - b[index]).norm(dim=1), index

# %% ex05-nearest | wrong | one nearest for all | one distance for all
def nearest(images, real):
    table = torch.cdist(images.flatten(1), real.flatten(1))
    return table.min(), table.argmin()

# %% ex05-nearest | wrong | the factor 2 forgotten | belongs between the squares
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = a.square().sum(1, keepdim=True) - a @ b.T + b.square().sum(1)
    found = square.clamp(min=0).sqrt().min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | distance alone | The pair
def nearest(images, real):
    return torch.cdist(images.flatten(1), real.flatten(1)).amin(1)

# %% ex05-nearest | wrong | changes the images in place | in place
def nearest(images, real):
    images -= real.mean(0)
    found = torch.cdist(images.flatten(1), (real - real.mean(0)).flatten(1)).min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | float64 | dtype
def nearest(images, real):
    found = torch.cdist(images.flatten(1).double(), real.flatten(1).double()).min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | 784 pixels alone | This happened in nearest
def nearest(images, real):
    found = torch.cdist(images.reshape(-1, 784), real.reshape(-1, 784)).min(1)
    return found.values, found.indices

# %% ex05-nearest | wrong | indices of another dtype | torch.int64 is asked for
def nearest(images, real):
    d, i = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return d, i.int()

# %% ex05-nearest | wrong | indices within a part | where the part begins
def nearest(images, real):
    best, where = torch.full((len(images),), float("inf")), torch.zeros(len(images), dtype=torch.long)
    for part in real.split(2):
        d, i = torch.cdist(images.flatten(1), part.flatten(1)).min(1)
        where = torch.where(d < best, i, where)
        best = torch.minimum(best, d)
    return best, where

# %% ex05-nearest | wrong | leaves out the image itself | an image is not left out
def nearest(images, real):
    table = torch.cdist(images.flatten(1), real.flatten(1))
    table[table < 1e-2] = float("inf")
    return table.min(1)

# %% ex05-nearest | wrong | squeeze | squeeze() takes away
def nearest(images, real):
    d, i = torch.cdist(images.flatten(1), real.flatten(1)).min(1)
    return d.squeeze(), i.squeeze()

# %% ex05-nearest | wrong | one of the three terms forgotten | one of the three terms missing
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    d, i = (a.square().sum(1)[:, None] - 2 * a @ b.T).clamp(min=0).sqrt().min(1)
    return d, i

# %% ex05-nearest | wrong | the angle in place of the distance | cosine
def nearest(images, real):
    c = F.normalize(images.flatten(1)) @ F.normalize(real.flatten(1)).T
    d, i = c.max(1)
    return (1 - d), i

# %% ex05-nearest | wrong | all pairs written out | came into being
def nearest(images, real):
    a = images.flatten(1).repeat_interleave(len(real), 0)
    b = real.flatten(1).repeat(len(images), 1)
    d = (a - b).norm(dim=1).view(len(images), len(real))
    return d.min(1)

# %% ex05-nearest | wrong | no cut-off before the root | a little below 0
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    return (a.square().sum(1)[:, None] - 2 * a @ b.T + b.square().sum(1)).sqrt().min(1)

# %% ex05-nearest | right | a loop over the images
def nearest(images, real):
    distances, indices = [], []
    for image in images:
        all_of_them = (real - image).flatten(1).norm(dim=1)
        indices.append(all_of_them.argmin())
        distances.append(all_of_them.min())
    return torch.stack(distances), torch.stack(indices)

# %% ex05-nearest | right | the square multiplied out
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = (a * a).sum(1)[:, None] - 2 * (a @ b.T) + (b * b).sum(1)[None]
    values, index = square.clamp(min=0).min(dim=1)
    return (a - b[index]).norm(dim=1), index

# %% ex05-nearest | right | a loop over the real images, the best so far
def nearest(images, real):
    best = torch.full((len(images),), float("inf"))
    index = torch.zeros(len(images), dtype=torch.long)
    for j, picture in enumerate(real):
        distance = torch.linalg.vector_norm(images.flatten(1) - picture.flatten(), dim=1)
        closer = distance < best
        best, index = torch.where(closer, distance, best), torch.where(closer, torch.tensor(j), index)
    return best, index

# %% ex05-nearest | right | topk in parts
def nearest(images, real):
    values, indices = [], []
    for part in images.flatten(1).split(2):
        found = torch.cdist(part, real.flatten(1)).topk(1, largest=False)
        values.append(found.values[:, 0])
        indices.append(found.indices[:, 0])
    return torch.cat(values), torch.cat(indices)

# %% ex05-nearest | right | clamped, with the root at the end
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    square = torch.addmm(b.square().sum(1).expand(len(a), -1), a, b.T, alpha=-2) + a.square().sum(1, keepdim=True)
    least = square.min(1)
    return least.values.clamp(min=0).sqrt(), least.indices

# %% ex05-nearest | right | einsum and gather
def nearest(images, real):
    sq = images.square().flatten(1).sum(1)[:, None] - 2 * torch.einsum("ik,jk->ij", images.flatten(1), real.flatten(1)) + real.square().flatten(1).sum(1)[None]
    i = sq.argmin(1)
    return sq.gather(1, i[:, None])[:, 0].clamp_min(0).sqrt(), i

# %% ex05-nearest | right | pixel by pixel
def nearest(images, real):
    a, b = images.flatten(1), real.flatten(1)
    sq = torch.zeros(len(a), len(b))
    for p in range(a.shape[1]):
        sq += (a[:, p, None] - b[:, p]) ** 2
    return sq.sqrt().amin(1), sq.argmin(1)

# %% ex05-directions | wrong | constant forgotten | forced through 0
def directions(z, p, amounts):
    w = torch.linalg.lstsq(z, p).solution
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | constant left in | as a last row
def directions(z, p, amounts):
    solution = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution
    return solution, torch.linalg.pinv(solution[:-1].T) * amounts

# %% ex05-directions | wrong | wrong row left out | first row was left out
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[1:]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | each number by itself | takes all d numbers together
def directions(z, p, amounts):
    a, b = z - z.mean(0), p - p.mean(0)
    w = (a.T @ b) / a.square().sum(0)[:, None]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | correlations | correlations
def directions(z, p, amounts):
    w = torch.corrcoef(torch.cat([z, p], 1).T)[: z.shape[1], z.shape[1] :]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | slopes turned round | turned round
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w.T, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | each property by itself | the other prediction too
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, w / w.square().sum(0) * amounts

# %% ex05-directions | wrong | along the slopes by the amount | squared length of w
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, w * amounts

# %% ex05-directions | wrong | unit vectors | brought to length 1
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, F.normalize(w, dim=0) * amounts

# %% ex05-directions | wrong | amounts forgotten | the amounts are missing
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T)

# %% ex05-directions | wrong | steps turned round | each column is a step
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w) * amounts[:, None]

# %% ex05-directions | wrong | amounts on the wrong axis | met something that is not (d, m)
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts[:, None]

# %% ex05-directions | wrong | not the shortest | there are shorter ones
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    d, m = w.shape
    return w, torch.cat([torch.linalg.solve(w[:m].T, amounts.diag()), torch.zeros(d - m, m)])

# %% ex05-directions | wrong | all at once | changes all the predictions at once
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) @ amounts

# %% ex05-directions | wrong | float64 from NumPy | dtype
def directions(z, p, amounts):
    import numpy as np
    A = np.c_[z.numpy().astype(np.float64), np.ones(len(z))]
    w = torch.tensor(np.linalg.lstsq(A, p.numpy().astype(np.float64), rcond=None)[0][:-1])
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | changes the codes in place | in place
def directions(z, p, amounts):
    z -= z.mean(0) - 0.5
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | codes from properties | This happened in directions
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([p, torch.ones(len(z), 1)], 1), z).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | number of images of the test | This happened in directions
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(7, 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | steps of the constants too | leave the constants out first
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution
    return w[:-1], torch.linalg.pinv(w.T)[:-1] * amounts

# %% ex05-directions | wrong | Gram-Schmidt in order | not only those before it
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    v = []
    for k in range(w.shape[1]):
        u = w[:, k].clone()
        for q in v:
            u = u - (u @ q) / (q @ q) * q
        v.append(u / (u @ w[:, k]) * amounts[k])
    return w, torch.stack(v, 1)

# %% ex05-directions | wrong | standard deviations for the amounts | the standard deviations of p
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * p.std(0)

# %% ex05-directions | wrong | the inverse forgotten | the inverse in the middle is missing
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    return w, w @ (w.T @ w) * amounts

# %% ex05-directions | wrong | ones joined without a dimension | does not stand beside the codes
def directions(z, p, amounts):
    A = torch.cat([z, torch.ones(len(z), 1)])
    w = torch.linalg.lstsq(A, p).solution[:-1]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | lstsq without its solution | .solution is the one
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p)[:-1]
    return w, torch.linalg.pinv(w.T) * amounts

# %% ex05-directions | wrong | a single number each | moves a single number of the code
def directions(z, p, amounts):
    w = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), p).solution[:-1]
    v = torch.zeros_like(w)
    for k in range(w.shape[1]):
        j = w[:, k].abs().argmax()
        v[j, k] = amounts[k] / w[j, k]
    return w, v

# %% ex05-directions | right | normal equations on centred data
def directions(z, p, amounts):
    a, b = z - z.mean(0), p - p.mean(0)
    w = torch.linalg.solve(a.T @ a, a.T @ b)
    return w, w @ torch.linalg.inv(w.T @ w) @ torch.diag(amounts)

# %% ex05-directions | right | property by property, least squares of least norm
def directions(z, p, amounts):
    A = torch.cat([torch.ones(len(z), 1), z], 1)
    w = torch.stack([torch.linalg.lstsq(A, p[:, k : k + 1]).solution[1:, 0] for k in range(p.shape[1])], 1)
    return w, torch.linalg.lstsq(w.T, amounts.diag()).solution

# %% ex05-directions | right | NumPy, made float32 again
def directions(z, p, amounts):
    import numpy as np
    A = np.hstack([z.numpy(), np.ones((len(z), 1), dtype=np.float32)])
    w = np.linalg.lstsq(A, p.numpy(), rcond=None)[0][:-1]
    v = np.linalg.pinv(w.T) @ np.diag(amounts.numpy())
    return torch.tensor(w, dtype=z.dtype), torch.tensor(v, dtype=z.dtype)

# %% ex05-directions | right | the other slopes projected out
def directions(z, p, amounts):
    w = (torch.linalg.pinv(z - z.mean(0)) @ (p - p.mean(0)))
    columns = []
    for k in range(w.shape[1]):
        others = torch.cat([w[:, :k], w[:, k + 1 :]], 1)
        own = w[:, k]
        if others.shape[1]:
            own = own - others @ torch.linalg.pinv(others) @ own
        columns.append(own * amounts[k] / (own @ w[:, k]))
    return w, torch.stack(columns, 1)

# %% ex05-directions | right | scikit-learn
def directions(z, p, amounts):
    from sklearn.linear_model import LinearRegression
    w = torch.tensor(LinearRegression().fit(z.numpy(), p.numpy()).coef_.T, dtype=torch.float32)
    return w, torch.linalg.pinv(w.mT) * amounts

# %% ex05-directions | right | QR and a triangle
def directions(z, p, amounts):
    q, r = torch.linalg.qr(torch.hstack([torch.ones(len(z), 1), z]))
    w = torch.linalg.solve_triangular(r, q.T @ p, upper=True)[1:]
    return w, torch.linalg.lstsq(w.T, amounts.diag()).solution

# %% ex05-directions | right | covariances
def directions(z, p, amounts):
    d = z.shape[1]
    c = torch.cov(torch.cat([z, p], 1).T)
    w = torch.linalg.solve(c[:d, :d], c[:d, d:])
    return w, torch.linalg.solve(w.T @ w, w.T).T * amounts

# %% ex05-directions | right | float64 inside, singular values
def directions(z, p, amounts):
    z2, p2 = z.double(), p.double()
    w = torch.linalg.lstsq(torch.cat([z2, torch.ones_like(z2[:, :1])], 1), p2).solution[:-1]
    u, s, vh = torch.linalg.svd(w, full_matrices=False)
    return w.float(), (u / s @ vh * amounts).float()
