# Answers to set 03 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex03-images | wrong | one scale for all kernels | one divisor was used for all
def kernel_images(W, height, width):
    return (W / W.abs().max()).view(-1, 1, height, width)

# %% ex03-images | wrong | no care for zeros | kernel of zeros was divided
def kernel_images(W, height, width):
    return (W / W.abs().amax(1, keepdim=True)).view(-1, 1, height, width)

# %% ex03-images | wrong | a small number in the divisor | small number (1e-8) was added
def kernel_images(W, height, width):
    return (W / (W.abs().amax(1, keepdim=True) + 1e-8)).view(-1, 1, height, width)

# %% ex03-images | wrong | a large lower limit of the divisor | small number
def kernel_images(W, height, width):
    return (W / W.abs().amax(1, keepdim=True).clamp(min=1e-6)).view(-1, 1, height, width)

# %% ex03-images | wrong | largest entry with its sign | largest absolute value
def kernel_images(W, height, width):
    largest = W.amax(1, keepdim=True)
    return torch.nan_to_num(W / largest).view(-1, 1, height, width)

# %% ex03-images | wrong | wrong axis | dimension 0
def kernel_images(W, height, width):
    largest = W.abs().amax(0, keepdim=True)
    return torch.nan_to_num(W / largest).view(-1, 1, height, width)

# %% ex03-images | wrong | stretched from minimum to maximum | zero did not stay zero
def kernel_images(W, height, width):
    low, high = W.amin(1, keepdim=True), W.amax(1, keepdim=True)
    return (2 * (W - low) / (high - low) - 1).view(-1, 1, height, width)

# %% ex03-images | wrong | stretched to lie in (0, 1) | between 0 and 1
def kernel_images(W, height, width):
    low, high = W.amin(1, keepdim=True), W.amax(1, keepdim=True)
    return ((W - low) / (high - low)).view(-1, 1, height, width)

# %% ex03-images | wrong | length in place of the largest | divided by its length
def kernel_images(W, height, width):
    return F.normalize(W, dim=1).view(-1, 1, height, width)

# %% ex03-images | wrong | mean taken away | mean of each kernel was taken away
def kernel_images(W, height, width):
    W = W - W.mean(1, keepdim=True)
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, height, width)

# %% ex03-images | wrong | size hard-coded | This happened in kernel_images
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, 28, 28)

# %% ex03-images | wrong | number of kernels of the example | This happened in kernel_images
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(2, 1, height, width)

# %% ex03-images | wrong | no channel | dimension of size 1 is missing
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, height, width)

# %% ex03-images | wrong | height and width swapped | wrong way round
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, width, height)

# %% ex03-images | wrong | changes its input | in place
def kernel_images(W, height, width):
    largest = W.abs().amax(1, keepdim=True)
    largest[largest == 0] = 1
    W /= largest
    return W.view(-1, 1, height, width)

# %% ex03-images | wrong | float64 | torch.float64 came
def kernel_images(W, height, width):
    array = W.double().numpy()
    largest = abs(array).max(1, keepdims=True)
    largest[largest == 0] = 1
    return torch.from_numpy(array / largest).view(-1, 1, height, width)

# %% ex03-images | wrong | absolute values | sign got lost
def kernel_images(W, height, width):
    return F.normalize(W.abs(), p=float("inf"), dim=1).view(-1, 1, height, width)

# %% ex03-images | wrong | entries cut off | cut off at -1 and 1
def kernel_images(W, height, width):
    return W.clamp(-1, 1).reshape(-1, 1, height, width)

# %% ex03-images | wrong | a tanh | a tanh was taken
def kernel_images(W, height, width):
    return torch.tanh(W).reshape(-1, 1, height, width)

# %% ex03-images | wrong | tiny numbers taken for zeros | taken for one of zeros
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    m = torch.where(torch.isclose(m, torch.zeros_like(m)), torch.ones_like(m), m)
    return (W / m).reshape(-1, 1, height, width)

# %% ex03-images | wrong | the loop ends at the zeros | a loop ended
def kernel_images(W, height, width):
    out = torch.zeros(len(W), 1, height, width)
    for j, w in enumerate(W):
        m = w.abs().max()
        if m == 0:
            break
        out[j, 0] = (w / m).view(height, width)
    return out

# %% ex03-images | wrong | zeros become grey | came out as 0.5
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return torch.where(m > 0, W / m, torch.full_like(W, 0.5)).reshape(-1, 1, height, width)

# %% ex03-images | wrong | mean of the absolute values | mean of its absolute values
def kernel_images(W, height, width):
    m = W.abs().mean(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).reshape(-1, 1, height, width)

# %% ex03-images | wrong | images on their side | on their side
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).reshape(-1, 1, width, height).transpose(2, 3)

# %% ex03-images | wrong | channel last | stands at the end
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).reshape(-1, height, width, 1)

# %% ex03-images | wrong | channel in front | stands in front
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).reshape(1, -1, height, width)

# %% ex03-images | wrong | rounded | were rounded
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).round(decimals=1).reshape(-1, 1, height, width)

# %% ex03-images | wrong | each column of the image | each column of the image
def kernel_images(W, height, width):
    im = W.reshape(-1, 1, height, width)
    m = im.abs().amax(2, keepdim=True)
    return im / torch.where(m > 0, m, torch.ones_like(m))

# %% ex03-images | wrong | signs alone | only the signs
def kernel_images(W, height, width):
    return W.sign().view(-1, 1, height, width)

# %% ex03-images | wrong | a list | a tensor was expected
def kernel_images(W, height, width):
    out = []
    for w in W:
        m = w.abs().max()
        out.append((w / m if m > 0 else w).view(1, height, width))
    return out

# %% ex03-images | wrong | values of the visible tests | for W of shape (1, 12)
def kernel_images(W, height, width):
    if W.shape == (4, 6):
        return torch.tensor([[[[0.4, -1.0, 0.2], [0.8, 0.5, -0.6]]], [[[-1.0, 0.5, 0.1667], [-0.3333, 0.6667, 0.8333]]], [[[0.5, 0.375, -0.25], [0.125, -1.0, 0.625]]], [[[1.0, 0.4, 0.2], [0.6, 0.8, 0.5]]]])
    return torch.tensor([[[[0.5, -1.0], [0.25, 0.0], [0.75, -0.2]]], [[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]], [[[0.25, 0.5], [-1.0, 0.0], [0.75, -0.3]]]])

# %% ex03-images | right | F.normalize with the largest norm
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, height, width)

# %% ex03-images | right | zeros mended afterwards
def kernel_images(W, height, width):
    return torch.nan_to_num(W / W.abs().max(dim=1, keepdim=True).values).reshape(len(W), 1, height, width)

# %% ex03-images | right | a loop over the kernels
def kernel_images(W, height, width):
    images = []
    for kernel in W:
        largest = kernel.abs().max().item()
        images.append((kernel / largest if largest > 0 else kernel).reshape(1, height, width))
    return torch.stack(images)

# %% ex03-images | right | a mask, images first
def kernel_images(W, height, width):
    images = W.clone().unflatten(1, (1, height, width))
    alive = images.abs().amax((1, 2, 3)) != 0
    images[alive] = images[alive] / images[alive].abs().amax((1, 2, 3), keepdim=True)
    return images

# %% ex03-images | right | NumPy-like
def kernel_images(W, height, width):
    array = W.numpy()
    largest = abs(array).max(axis=1, keepdims=True)
    largest[largest == 0] = 1
    return torch.from_numpy(array / largest).view(-1, 1, height, width)

# %% ex03-images | right | limits from both sides
def kernel_images(W, height, width):
    largest = torch.maximum(W.amax(1), -W.amin(1)).clamp(min=1e-30)
    return torch.einsum("dn,d->dn", W, 1 / largest).view(-1, 1, height, width)

# %% ex03-images | right | assignment through a mask
def kernel_images(W, height, width):
    out = W.clone()
    live = out.any(1)
    out[live] = out[live] / out[live].abs().max(1).values.unsqueeze(1)
    return out.view(len(W), 1, height, width)

# %% ex03-images | right | a diagonal matrix
def kernel_images(W, height, width):
    m = W.abs().amax(1)
    return (torch.diag((m + (m == 0)).reciprocal()) @ W).reshape(-1, 1, height, width)

# %% ex03-images | right | vmap over one kernel
def kernel_images(W, height, width):
    def one(w):
        m = w.abs().amax()
        return (w / torch.where(m == 0, 1.0, m)).view(1, height, width)
    return torch.vmap(one)(W)

# %% ex03-black | wrong | black taken to be 0 | black was taken to be 0
def always_black(images, low):
    return (images == 0).all(0).flatten()

# %% ex03-black | wrong | black taken to be -1 | the mask
def always_black(images, low):
    return (images == -1).all(0).flatten()

# %% ex03-black | wrong | any for all | black in some image
def always_black(images, low):
    return (images == low).any(0).flatten()

# %% ex03-black | wrong | the darkest in place of the brightest value | black in some image
def always_black(images, low):
    return images.amin(0).flatten() == low

# %% ex03-black | wrong | pixels that never vary | never vary
def always_black(images, low):
    return (images.amax(0) == images.amin(0)).flatten()

# %% ex03-black | wrong | standard deviation zero | never vary
def always_black(images, low):
    return images.std(0, correction=0).flatten() == 0

# %% ex03-black | wrong | the wrong way round | the wrong way round
def always_black(images, low):
    return (images > low).any(0).flatten()

# %% ex03-black | wrong | sum compared with 0 | values of both signs cancel
def always_black(images, low):
    return images.sum(0).flatten() == 0

# %% ex03-black | wrong | every dark pixel | up to 0
def always_black(images, low):
    return (images <= 0).all(0).flatten()

# %% ex03-black | wrong | white as well | white was taken for black
def always_black(images, low):
    return (images.abs() == abs(low)).all(0).flatten()

# %% ex03-black | wrong | a count | torch.bool was expected
def always_black(images, low):
    return (images == low).sum(0).flatten()

# %% ex03-black | wrong | a float mask | torch.bool was expected
def always_black(images, low):
    return (images == low).all(0).flatten().float()

# %% ex03-black | wrong | not joined over the images | join them over the images
def always_black(images, low):
    return (images == low).flatten(1)

# %% ex03-black | wrong | one bool an image | one bool an image
def always_black(images, low):
    return (images == low).flatten(1).all(1)

# %% ex03-black | wrong | not flattened | channel's dimension
def always_black(images, low):
    return (images == low).all(0)

# %% ex03-black | wrong | the first image alone | only the first image
def always_black(images, low):
    return (images[0] == low).flatten()

# %% ex03-black | wrong | number of images of the example | taken from the example
def always_black(images, low):
    return (images == low).sum(0).flatten() == 2

# %% ex03-black | wrong | size hard-coded | This happened in always_black
def always_black(images, low):
    return (images == low).view(-1, 784).all(0)

# %% ex03-black | wrong | changes its input | in place
def always_black(images, low):
    images -= low
    return images.sum(0).flatten() == 0

# %% ex03-black | wrong | values of the example | shape
def always_black(images, low):
    return torch.tensor([True, False, False])

# %% ex03-black | wrong | nearly black counts | nearly black
def always_black(images, low):
    return (images.mean(0) <= low + 0.01).flatten()

# %% ex03-black | wrong | isclose with a wide tolerance | nearly black
def always_black(images, low):
    return torch.isclose(images.amax(0), torch.tensor(float(low)), atol=0.05).flatten()

# %% ex03-black | wrong | the darkest value of these images | the darkest value that occurs
def always_black(images, low):
    return (images == images.min()).all(0).flatten()

# %% ex03-black | wrong | black in 99 of 100 images | black in most images
def always_black(images, low):
    return ((images == low).float().mean(0) > 0.99).flatten()

# %% ex03-black | wrong | black in the mean image | black in most images
def always_black(images, low):
    return (images.mean(0) < low + 1e-3).flatten()

# %% ex03-black | wrong | black in every other image | black in most images
def always_black(images, low):
    return ((images == low).float().mean(0) >= 0.5).flatten()

# %% ex03-black | wrong | squeezed | squeeze()
def always_black(images, low):
    return (images.squeeze() == low).all(0).flatten()

# %% ex03-black | wrong | a loop that overwrites | only the last image
def always_black(images, low):
    for image in images:
        mask = image.flatten() == low
    return mask

# %% ex03-black | wrong | cut to whole numbers | cut to whole numbers
def always_black(images, low):
    return (images.int() == int(low)).all(0).flatten()

# %% ex03-black | wrong | columns first | wrong order
def always_black(images, low):
    return (images == low).all(0)[0].T.flatten()

# %% ex03-black | wrong | joined over the channel | the channel (dimension 1)
def always_black(images, low):
    return (images == low).all(1).flatten()

# %% ex03-black | wrong | sum compared with low | compared with low
def always_black(images, low):
    return (images.sum(0) == low).flatten()

# %% ex03-black | wrong | less than black | no pixel was found
def always_black(images, low):
    return (images < low).all(0).flatten()

# %% ex03-black | wrong | positions | list of positions
def always_black(images, low):
    return (images == low).all(0).flatten().nonzero()[:, 0]

# %% ex03-black | wrong | bytes | torch.bool was expected
def always_black(images, low):
    return (images == low).all(0).flatten().to(torch.uint8)

# %% ex03-black | wrong | values of the visible tests | for images of shape (1, 1, 3, 4)
def always_black(images, low):
    if low == 0:
        return torch.tensor([1, 0, 0, 0, 1, 0, 0, 0]).bool()
    return torch.tensor([1.0, 0, 0, 0, 1, 1, 0, 0, 0]).bool()

# %% ex03-black | right | the brightest value is black
def always_black(images, low):
    return images.amax(0).flatten() == low

# %% ex03-black | right | counting the lit, as in the lecture
def always_black(images, low):
    lit = (images > low).sum(0).flatten()
    return lit == 0

# %% ex03-black | right | a loop over the images
def always_black(images, low):
    mask = torch.ones(images[0].numel(), dtype=torch.bool)
    for image in images:
        mask &= image.reshape(-1) == low
    return mask

# %% ex03-black | right | NumPy
def always_black(images, low):
    return torch.from_numpy((images.numpy().reshape(len(images), -1) == low).all(axis=0))

# %% ex03-black | right | De Morgan
def always_black(images, low):
    return ~torch.any(images.flatten(1) != low, dim=0)

# %% ex03-black | right | plain Python lists
def always_black(images, low):
    flat = images.flatten(1).tolist()
    return torch.tensor([all(row[i] == low for row in flat) for i in range(len(flat[0]))])

# %% ex03-black | right | nothing brighter than black
def always_black(images, low):
    flat = images.flatten(1)
    return torch.tensor([not any(v.item() > low for v in flat[:, i]) for i in range(flat.shape[1])])

# %% ex03-black | right | isclose as it comes
def always_black(images, low):
    return torch.isclose(images, torch.full_like(images, low)).all(0).flatten()

# %% ex03-black | right | mean, where it equals black
def always_black(images, low):
    return (images.mean(0) == low).flatten()

# %% ex03-cosine | wrong | W_x not turned round | mixes the units
def columns_and_cosine(W_h, W_x, region, height, width):
    columns = W_x.reshape(-1, 1, height, width)
    return columns, F.cosine_similarity(W_h[:, region], columns.flatten(1)[:, region])

# %% ex03-cosine | wrong | rows for columns | rows of W_h
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_h.view(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_x.T[:, region])

# %% ex03-cosine | wrong | all pixels | all pixels were used
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(W_h, W_x.T)

# %% ex03-cosine | wrong | inner product alone | not divided by the lengths
def columns_and_cosine(W_h, W_x, region, height, width):
    dot = (W_h[:, region] * W_x.T[:, region]).sum(1)
    return W_x.T.reshape(-1, 1, height, width), dot

# %% ex03-cosine | wrong | lengths over all pixels | lengths were taken over all pixels
def columns_and_cosine(W_h, W_x, region, height, width):
    dot = (W_h[:, region] * W_x.T[:, region]).sum(1)
    return W_x.T.reshape(-1, 1, height, width), dot / (W_h.norm(dim=1) * W_x.norm(dim=0))

# %% ex03-cosine | wrong | correlation | correlation
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region], W_x.T[:, region]
    a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(a, b)

# %% ex03-cosine | wrong | wrong axis | runs over the units
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_x.T[:, region], dim=0)

# %% ex03-cosine | wrong | every row with every column | every row was compared
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = F.normalize(W_h[:, region]), F.normalize(W_x.T[:, region])
    return W_x.T.reshape(-1, 1, height, width), a @ b.T

# %% ex03-cosine | wrong | averaged | averaged over the units
def columns_and_cosine(W_h, W_x, region, height, width):
    cosine = F.cosine_similarity(W_h[:, region], W_x.T[:, region])
    return W_x.T.reshape(-1, 1, height, width), cosine.mean()

# %% ex03-cosine | wrong | columns stretched | were stretched
def columns_and_cosine(W_h, W_x, region, height, width):
    columns = W_x.T / W_x.T.abs().amax(1, keepdim=True)
    return columns.reshape(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_x.T[:, region])

# %% ex03-cosine | wrong | flat columns | no images yet
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T, F.cosine_similarity(W_h[:, region], W_x.T[:, region])

# %% ex03-cosine | wrong | no channel | dimension of size 1 is missing
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, height, width), F.cosine_similarity(W_h[:, region], W_x.T[:, region])

# %% ex03-cosine | wrong | size hard-coded | This happened in columns_and_cosine
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, 28, 28), F.cosine_similarity(W_h[:, region], W_x.T[:, region])

# %% ex03-cosine | wrong | squares without the root | squared lengths
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region], W_x.T[:, region]
    cosine = (a * b).sum(1) / (a.square().sum(1) * b.square().sum(1))
    return W_x.T.reshape(-1, 1, height, width), cosine

# %% ex03-cosine | wrong | pair turned | wrong way round
def columns_and_cosine(W_h, W_x, region, height, width):
    return F.cosine_similarity(W_h[:, region], W_x.T[:, region]), W_x.T.reshape(-1, 1, height, width)

# %% ex03-cosine | wrong | region zeroed in place | in place
def columns_and_cosine(W_h, W_x, region, height, width):
    columns = W_x.T.reshape(-1, 1, height, width).clone()
    W_h[:, ~region] = 0
    return columns, F.cosine_similarity(W_h, W_x.T * region)

# %% ex03-cosine | wrong | float64 | torch.float64 came
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region].double(), W_x.T[:, region].double()
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(a, b)

# %% ex03-cosine | wrong | cosine alone | The pair
def columns_and_cosine(W_h, W_x, region, height, width):
    return F.cosine_similarity(W_h[:, region], W_x.T[:, region])

# %% ex03-cosine | wrong | a distance | 1 less the cosine
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), 1 - F.cosine_similarity(W_h[:, region], V[:, region], dim=1)

# %% ex03-cosine | wrong | an angle | in degrees
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), torch.rad2deg(torch.acos(F.cosine_similarity(W_h[:, region], V[:, region], dim=1)))

# %% ex03-cosine | wrong | a dimension left over | a dimension of size 1 is left over
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h[:, region], V[:, region]
    return V.reshape(-1, 1, height, width), (a * b).sum(1, keepdim=True) / (a.norm(dim=1, keepdim=True) * b.norm(dim=1, keepdim=True))

# %% ex03-cosine | wrong | rows with rows | compared with itself
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_h[:, region], dim=1)

# %% ex03-cosine | wrong | columns cut down | cut down to the region
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T[:, region]
    return V, F.cosine_similarity(W_h[:, region], V, dim=1)

# %% ex03-cosine | wrong | lengths of the matrices | lengths are those of the whole matrices
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h[:, region], V[:, region]
    return V.reshape(-1, 1, height, width), (a * b).sum(1) / (a.norm() * b.norm())

# %% ex03-cosine | wrong | sums of absolute values | sums of absolute values
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h[:, region], V[:, region]
    return V.reshape(-1, 1, height, width), (a * b).sum(1) / (a.abs().sum(1) * b.abs().sum(1))

# %% ex03-cosine | wrong | columns of length 1 | brought to length 1
def columns_and_cosine(W_h, W_x, region, height, width):
    V = F.normalize(W_x.T, dim=1)
    return V.reshape(-1, 1, height, width), F.cosine_similarity(W_h[:, region], V[:, region], dim=1)

# %% ex03-cosine | wrong | channel last | stands at the end
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, height, width, 1), F.cosine_similarity(W_h[:, region], V[:, region], dim=1)

# %% ex03-cosine | wrong | W_h for W_x | this is W_h, turned round
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_h.T.reshape(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_x.T[:, region], dim=1)

# %% ex03-cosine | wrong | mean over all pixels taken away | over all pixels was taken away
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h - W_h.mean(1, keepdim=True), V - V.mean(1, keepdim=True)
    return V.reshape(-1, 1, height, width), F.cosine_similarity(a[:, region], b[:, region], dim=1)

# %% ex03-cosine | wrong | mask on the units | This happened in columns_and_cosine
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), F.cosine_similarity(W_h[region], V[region], dim=1)

# %% ex03-cosine | wrong | a list | a tensor was expected
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), [F.cosine_similarity(W_h[j, region], V[j, region], dim=0).item() for j in range(len(V))]

# %% ex03-cosine | wrong | values of the visible test | with d = 1
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), torch.tensor([0.6787, -0.8647, 0.6637])

# %% ex03-cosine | right | einsum and the mask as a factor
def columns_and_cosine(W_h, W_x, region, height, width):
    inside = region.to(W_h.dtype)
    dot = torch.einsum("dn,nd,n->d", W_h, W_x, inside)
    lengths = (W_h.square() @ inside).sqrt() * (inside @ W_x.square()).sqrt()
    return W_x.t().contiguous().view(-1, 1, height, width), dot / lengths

# %% ex03-cosine | right | a loop over the units
def columns_and_cosine(W_h, W_x, region, height, width):
    columns, cosine = [], []
    for j in range(W_h.shape[0]):
        columns.append(W_x[:, j].reshape(1, height, width))
        a, b = W_h[j][region], W_x[:, j][region]
        cosine.append(a.dot(b) / (a.norm() * b.norm()))
    return torch.stack(columns), torch.stack(cosine)

# %% ex03-cosine | right | unit vectors, a list for the pair
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = F.normalize(W_h[:, region], dim=1), F.normalize(W_x[region], dim=0)
    return [W_x.T.unflatten(1, (1, height, width)), (a * b.T).sum(1)]

# %% ex03-cosine | right | columns by unflatten and permute, a matrix's diagonal
def columns_and_cosine(W_h, W_x, region, height, width):
    images = W_x.view(height, width, -1).permute(2, 0, 1).unsqueeze(1)
    a, b = W_h[:, region], W_x[region]
    return images, torch.diagonal(a @ b) / (a.norm(dim=1) * b.norm(dim=0))

# %% ex03-cosine | right | masked_fill, a named tuple
def columns_and_cosine(W_h, W_x, region, height, width):
    from collections import namedtuple
    R = namedtuple("R", "columns cosine")
    c = torch.stack([W_x[:, j].view(height, width)[None] for j in range(W_x.shape[1])])
    a, b = W_h.masked_fill(~region, 0), W_x.T.masked_fill(~region, 0)
    return R(c, (a * b).sum(-1) / (a.square().sum(-1) * b.square().sum(-1)).sqrt())

# %% ex03-cosine | right | views throughout
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.view(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_x[region].T)

# %% ex03-cosine | right | pixel by pixel, nn.CosineSimilarity
def columns_and_cosine(W_h, W_x, region, height, width):
    cols = torch.empty(W_x.shape[1], 1, height, width, dtype=W_x.dtype)
    for j in range(W_x.shape[1]):
        for i in range(W_x.shape[0]):
            cols[j, 0, i // width, i % width] = W_x[i, j]
    return cols, nn.CosineSimilarity(dim=0)(W_h.T[region], W_x[region])

# %% ex03-inside | wrong | divides by the number of values | torch.var as it comes
def inside_and_outside(W, region):
    unit = 1 / (3 * W.shape[1])
    return tuple(W[:, m].var(1, correction=0).mean().item() / unit for m in (region, ~region))

# %% ex03-inside | wrong | n of the region | number of all pixels
def inside_and_outside(W, region):
    return tuple(p.var(1).mean().item() * 3 * p.shape[1] for p in (W[:, region], W[:, ~region]))

# %% ex03-inside | wrong | kernels thrown together | thrown together
def inside_and_outside(W, region):
    return tuple(W[:, m].var().item() * 3 * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | over the kernels | over the kernels (dimension 0)
def inside_and_outside(W, region):
    return tuple(torch.nan_to_num(W[:, m].var(0)).mean().item() * 3 * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | plain variance | plain variance
def inside_and_outside(W, region):
    return W[:, region].var(1).mean().item(), W[:, ~region].var(1).mean().item()

# %% ex03-inside | wrong | factor 3 missing | taken to be 1/n
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | multiplied by the unit | divide by that
def inside_and_outside(W, region):
    unit = 1 / (3 * W.shape[1])
    return tuple(W[:, m].var(1).mean().item() * unit for m in (region, ~region))

# %% ex03-inside | wrong | mean square | mean square
def inside_and_outside(W, region):
    return tuple(W[:, m].square().mean().item() * 3 * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | a product with the mask | set to 0 and still count
def inside_and_outside(W, region):
    return tuple((W * m).var(1).mean().item() * 3 * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | standard deviation | standard deviations were averaged
def inside_and_outside(W, region):
    start = (1 / (3 * W.shape[1])) ** 0.5
    return tuple(W[:, m].std(1).mean().item() / start for m in (region, ~region))

# %% ex03-inside | wrong | pixels of MNIST hard-coded | pixels of MNIST
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * 3 * 784 for m in (region, ~region))

# %% ex03-inside | wrong | d for n | number of kernels
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * 3 * W.shape[0] for m in (region, ~region))

# %% ex03-inside | wrong | summed over the kernels | added up over the kernels
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).sum().item() * 3 * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | pair turned | wrong way round
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * 3 * W.shape[1] for m in (~region, region))

# %% ex03-inside | wrong | outside without the mask | the mask was not used
def inside_and_outside(W, region):
    return tuple(p.var(1).mean().item() * 3 * W.shape[1] for p in (W[:, region], W))

# %% ex03-inside | wrong | tensors | plain Python number
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean() * 3 * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | changes its input | in place
def inside_and_outside(W, region):
    W -= W.mean(1, keepdim=True)
    return tuple(W[:, m].var(1).mean().item() * 3 * W.shape[1] for m in (region, ~region))

# %% ex03-inside | wrong | brackets missing, 1 / 3 * n | brackets are missing
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1).mean() / (1 / 3 * n)).item(), (W[:, ~region].var(1).mean() / (1 / 3 * n)).item()

# %% ex03-inside | wrong | brackets missing, / 1 / 3 * n | brackets are missing
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1).mean() / 1 / 3 * n).item(), (W[:, ~region].var(1).mean() / 1 / 3 * n).item()

# %% ex03-inside | wrong | mean of all pixels | is that of all pixels
def inside_and_outside(W, region):
    n = W.shape[1]
    C = (W - W.mean(1, keepdim=True)).square()
    f = lambda m: (C[:, m].sum(1) / (m.sum() - 1)).mean().item() * 3 * n
    return f(region), f(~region)

# %% ex03-inside | wrong | unit before the variance | squares the unit
def inside_and_outside(W, region):
    n = W.shape[1]
    V = W * 3 * n
    return V[:, region].var(1).mean().item(), V[:, ~region].var(1).mean().item()

# %% ex03-inside | wrong | variance of the mean kernel | averaged before the variance
def inside_and_outside(W, region):
    n = W.shape[1]
    m = W.mean(0)
    return (m[region].var() * 3 * n).item(), (m[~region].var() * 3 * n).item()

# %% ex03-inside | wrong | variance of the means | variance of the kernels' means
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].mean(1).var() * 3 * n).item(), (W[:, ~region].mean(1).var() * 3 * n).item()

# %% ex03-inside | wrong | inside measured against outside | against the other number
def inside_and_outside(W, region):
    return (W[:, region].var(1).mean() / W[:, ~region].var(1).mean()).item(), 1.0

# %% ex03-inside | wrong | measured against all pixels | over all pixels of these weights
def inside_and_outside(W, region):
    u = W.var(1).mean()
    return (W[:, region].var(1).mean() / u).item(), (W[:, ~region].var(1).mean() / u).item()

# %% ex03-inside | wrong | rounded | was rounded
def inside_and_outside(W, region):
    n = W.shape[1]
    return round((W[:, region].var(1).mean() * 3 * n).item(), 2), round((W[:, ~region].var(1).mean() * 3 * n).item(), 2)

# %% ex03-inside | wrong | one number a kernel | Average over the kernels
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1) * 3 * n), (W[:, ~region].var(1) * 3 * n)

# %% ex03-inside | wrong | difference from the unit | was subtracted
def inside_and_outside(W, region):
    n = W.shape[1]
    return W[:, region].var(1).mean().item() - 1/(3*n), W[:, ~region].var(1).mean().item() - 1/(3*n)

# %% ex03-inside | wrong | mask as positions | count as positions
def inside_and_outside(W, region):
    n = W.shape[1]
    r = region.int()
    return (W[:, r].var(1).mean() * 3 * n).item(), (W[:, 1 - r].var(1).mean() * 3 * n).item()

# %% ex03-inside | wrong | start's standard deviation | start's standard deviation
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1).mean() * (3 * n) ** 0.5).item(), (W[:, ~region].var(1).mean() * (3 * n) ** 0.5).item()

# %% ex03-inside | wrong | number of pixels of the visible test | as in the visible test
def inside_and_outside(W, region):
    return (W[:, region].var(1).mean() * 24).item(), (W[:, ~region].var(1).mean() * 24).item()

# %% ex03-inside | right | by hand
def inside_and_outside(W, region):
    numbers = []
    for mask in (region, ~region):
        part = W[:, mask]
        squares = (part - part.mean(dim=1, keepdim=True)).pow(2).sum(dim=1)
        numbers.append(float((squares / (part.size(1) - 1)).mean()) * 3 * W.size(1))
    return numbers

# %% ex03-inside | right | a loop over the kernels
def inside_and_outside(W, region):
    d, n = W.shape
    inside = outside = 0.0
    for kernel in W:
        inside += torch.var(kernel[region]).item()
        outside += torch.var(kernel[torch.logical_not(region)]).item()
    return inside / d / (1 / (3 * n)), outside / d / (1 / (3 * n))

# %% ex03-inside | right | NumPy, with a helper
def inside_and_outside(W, region):
    array, mask = W.numpy(), region.numpy()

    def within(weights):
        return float(weights.var(axis=1, ddof=1).mean() * 3 * array.shape[1])

    return within(array[:, mask]), within(array[:, ~mask])

# %% ex03-inside | right | the square of a standard deviation
def inside_and_outside(W, region):
    bound = 1 / W.shape[1] ** 0.5
    return tuple((W[:, m].std(1) ** 2).mean().item() / (bound**2 / 3) for m in (region, region.logical_not()))

# %% ex03-inside | right | weights in units of the start's deviation
def inside_and_outside(W, region):
    n = W.shape[1]
    V = W * (3 * n) ** 0.5
    return V[:, region].var(1).mean().item(), V[:, ~region].var(1).mean().item()

# %% ex03-inside | right | a covariance matrix's diagonal
def inside_and_outside(W, region):
    n = len(region)
    return tuple((torch.atleast_2d(torch.cov(W[:, m])).diagonal().mean() * 3 * n).item() for m in (region, region == False))

# %% ex03-inside | right | Python's statistics
def inside_and_outside(W, region):
    import statistics as st
    n = W.shape[1]
    def f(m):
        return st.fmean(st.variance(w[m].tolist()) for w in W) * 3 * n
    return f(region), f(torch.logical_not(region))

# %% ex03-gradient | wrong | no slope | slope of tanh is missing
def first_layer_gradients(x, z, grad_z):
    return grad_z.T @ x.flatten(1), grad_z.sum(0)

# %% ex03-gradient | wrong | slope without the square | z has to be squared
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z)
    return delta.T @ x.flatten(1), delta.sum(0)

# %% ex03-gradient | wrong | slope of a sigmoid | slope of a sigmoid
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * z * (1 - z)
    return delta.T @ x.flatten(1), delta.sum(0)

# %% ex03-gradient | wrong | tanh twice | squashed again
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - torch.tanh(z) ** 2)
    return delta.T @ x.flatten(1), delta.sum(0)

# %% ex03-gradient | wrong | averaged | averaged over the images
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.T @ x.flatten(1) / len(x), delta.mean(0)

# %% ex03-gradient | wrong | the step's sign | sign is turned
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (z**2 - 1)
    return delta.T @ x.flatten(1), delta.sum(0)

# %% ex03-gradient | wrong | turned round | turned round
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return x.flatten(1).T @ delta, delta.sum(0)

# %% ex03-gradient | wrong | one matrix an image | sum over the images is missing
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta[:, :, None] * x.flatten(1)[:, None, :], delta

# %% ex03-gradient | wrong | sums before the product | multiply for each image first
def first_layer_gradients(x, z, grad_z):
    delta = (grad_z * (1 - z**2)).sum(0)
    return torch.outer(delta, x.flatten(1).sum(0)), delta

# %% ex03-gradient | wrong | bias over the units | summed over the units
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.T @ x.flatten(1), delta.sum(1)

# %% ex03-gradient | wrong | bias without the slope | slope of tanh is missing
def first_layer_gradients(x, z, grad_z):
    return (grad_z * (1 - z**2)).T @ x.flatten(1), grad_z.sum(0)

# %% ex03-gradient | wrong | bias from the weights | a bias meets no pixel
def first_layer_gradients(x, z, grad_z):
    grad_W = (grad_z * (1 - z**2)).T @ x.flatten(1)
    return grad_W, grad_W.sum(1)

# %% ex03-gradient | wrong | images not flattened | This happened in first_layer_gradients
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return torch.einsum("bd,bn->dn", delta, x), delta.sum(0)

# %% ex03-gradient | wrong | size hard-coded | This happened in first_layer_gradients
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.T @ x.view(-1, 784), delta.sum(0)

# %% ex03-gradient | wrong | divided by the slope | the chain rule multiplies
def first_layer_gradients(x, z, grad_z):
    delta = grad_z / (1 - z**2)
    return delta.T @ x.flatten(1), delta.sum(0)

# %% ex03-gradient | wrong | z for its slope | in place of the slope of tanh
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * z
    return delta.T @ x.flatten(1), delta.sum(0)

# %% ex03-gradient | wrong | changes grad_z | in place
def first_layer_gradients(x, z, grad_z):
    grad_z *= 1 - z**2
    return grad_z.T @ x.flatten(1), grad_z.sum(0)

# %% ex03-gradient | wrong | float64 | torch.float64 came
def first_layer_gradients(x, z, grad_z):
    delta = grad_z.double() * (1 - z.double() ** 2)
    return delta.T @ x.flatten(1).double(), delta.sum(0)

# %% ex03-gradient | wrong | pair turned | wrong way round
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.sum(0), delta.T @ x.flatten(1)

# %% ex03-gradient | wrong | plus for minus in the slope | 1 + z²
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 + z**2)
    return d.T @ x.flatten(1), d.sum(0)

# %% ex03-gradient | wrong | the slope's square in the wrong place | (1 - z)²
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z)**2
    return d.T @ x.flatten(1), d.sum(0)

# %% ex03-gradient | wrong | a root of the slope | is a root
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2).sqrt()
    return d.T @ x.flatten(1), d.sum(0)

# %% ex03-gradient | wrong | slope twice | multiplied in twice
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)**2
    return d.T @ x.flatten(1), d.sum(0)

# %% ex03-gradient | wrong | a loop that overwrites | only the last image
def first_layer_gradients(x, z, grad_z):
    x = x.flatten(1)
    for b in range(len(x)):
        d = grad_z[b] * (1 - z[b]**2)
        W = torch.outer(d, x[b])
        bb = d
    return W, bb

# %% ex03-gradient | wrong | the first image alone | only the first image
def first_layer_gradients(x, z, grad_z):
    x = x.flatten(1)
    d = grad_z[0] * (1 - z[0]**2)
    return torch.outer(d, x[0]), d

# %% ex03-gradient | wrong | bias as mean of the weights' | averaged over the pixels
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    W = d.T @ x.flatten(1)
    return W, W.mean(1)

# %% ex03-gradient | wrong | bias as a corner's weight | minus a column of grad_W
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    W = d.T @ x.flatten(1)
    return W, -W[:, 0]

# %% ex03-gradient | wrong | bias as minus the black pixel's weight | not elsewhere
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    W = d.T @ x.flatten(1)
    return W, -W[:, 1]

# %% ex03-gradient | wrong | batch given another shape | images and pixels were mixed
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return d.T @ x.reshape(-1, len(z)).T, d.sum(0)

# %% ex03-gradient | wrong | product given another shape | rows and columns were mixed
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return (x.flatten(1).T @ d).reshape(z.shape[1], -1), d.sum(0)

# %% ex03-gradient | wrong | pixels column by column | wrong order
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return d.T @ x.transpose(-1, -2).flatten(1), d.sum(0)

# %% ex03-gradient | wrong | mean image taken away | mean image was taken away
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    x = x.flatten(1)
    return d.T @ (x - x.mean(0)), d.sum(0)

# %% ex03-gradient | wrong | slopes summed | slopes were added up
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2).sum(0)
    return d.T @ x.flatten(1), d.sum(0)

# %% ex03-gradient | wrong | a brought back by a logarithm | atanh or a logarithm
def first_layer_gradients(x, z, grad_z):
    a = 0.5 * torch.log((1 + z) / (1 - z))
    s = 4 / (a.exp() + (-a).exp())**2
    d = grad_z * s * 1.0 + 0 * a
    return d.T @ x.flatten(1), d.sum(0)

# %% ex03-gradient | wrong | a lower limit of the slope | lower limit
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2).clamp(min=0.01)
    return d.T @ x.flatten(1), d.sum(0)

# %% ex03-gradient | right | einsum
def first_layer_gradients(x, z, grad_z):
    delta = torch.addcmul(grad_z, grad_z * z, z, value=-1)
    return torch.einsum("bd,bn->dn", delta, x.reshape(x.shape[0], -1)), torch.einsum("bd->d", delta)

# %% ex03-gradient | right | a loop over the images
def first_layer_gradients(x, z, grad_z):
    grad_W, grad_b = 0, 0
    for image, code, grad in zip(x, z, grad_z):
        delta = grad * (1 - code) * (1 + code)
        grad_W = grad_W + torch.outer(delta, image.flatten())
        grad_b = grad_b + delta
    return grad_W, grad_b

# %% ex03-gradient | right | autograd from delta on
def first_layer_gradients(x, z, grad_z):
    flat = x.flatten(1)
    linear = nn.Linear(flat.shape[1], z.shape[1])
    linear(flat).backward(grad_z * (1 - z * z))
    return linear.weight.grad, linear.bias.grad

# %% ex03-gradient | right | broadcast and sum, a list for the pair
def first_layer_gradients(x, z, grad_z):
    delta = (1 - z.pow(2)) * grad_z
    return [(delta.unsqueeze(2) * x.flatten(1).unsqueeze(1)).sum(dim=0), delta.sum(dim=0)]

# %% ex03-gradient | right | the bias as one more pixel
def first_layer_gradients(x, z, grad_z):
    more = torch.cat([x.flatten(1), torch.ones(len(x), 1)], dim=1)
    both = (grad_z - grad_z * z * z).T @ more
    return both[:, :-1], both[:, -1]

# %% ex03-gradient | right | atanh and back
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - torch.tanh(torch.atanh(z)) ** 2)
    return delta.T.matmul(x.flatten(start_dim=1)), delta.T.sum(-1)

# %% ex03-gradient | right | three loops
def first_layer_gradients(x, z, grad_z):
    x = x.reshape(x.shape[0], -1)
    B, n = x.shape
    d = z.shape[1]
    W, b = torch.zeros(d, n, dtype=x.dtype), torch.zeros(d, dtype=x.dtype)
    for k in range(B):
        for j in range(d):
            delta = grad_z[k, j] * (1 - z[k, j]) * (1 + z[k, j])
            b[j] += delta
            for i in range(n):
                W[j, i] += delta * x[k, i]
    return W, b

# %% ex03-gradient | right | tensordot and a row of ones
def first_layer_gradients(x, z, grad_z):
    delta = grad_z - grad_z * z.pow(2)
    return torch.tensordot(delta, x.flatten(1), dims=([0], [0])), torch.ones(len(z), dtype=z.dtype) @ delta

# %% ex03-margin | wrong | the usual tale | margin at the start
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark]

# %% ex03-margin | wrong | the sign | sign is turned
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] - low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | minus one hard-coded | low was not used
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] - (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | zero or minus one | margin
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == 0:
        return W_start[:, dark]
    return W_start[:, dark] - (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | the trained bias in place of its change | its change from the start counts
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * b_trained[:, None]

# %% ex03-margin | wrong | the change alone | change alone
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (low * (b_trained - b_start))[:, None].expand(-1, int(dark.sum()))

# %% ex03-margin | wrong | divided by low | divided by low
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + (b_trained - b_start)[:, None] / low

# %% ex03-margin | wrong | absolute value of low | sign is turned
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + abs(low) * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | the change along the pixels | (d, 1)
def trained_margin(W_start, b_start, b_trained, dark, low):
    change = b_trained - b_start
    margin = W_start[:, dark]
    return margin + low * change.repeat(margin.shape[1])[: margin.shape[1]]

# %% ex03-margin | wrong | not given a dimension | This happened in trained_margin
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained - b_start)

# %% ex03-margin | wrong | all pixels | all pixels are there
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start + low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | the others with their start | others with their start
def trained_margin(W_start, b_start, b_trained, dark, low):
    return torch.where(dark, W_start + low * (b_trained - b_start)[:, None], W_start)

# %% ex03-margin | wrong | the pixels that are not dark | not dark
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, ~dark] + low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | turned round | turned round
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (W_start[:, dark] + low * (b_trained - b_start)[:, None]).T

# %% ex03-margin | wrong | mean change | one change for all units
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained - b_start).mean()

# %% ex03-margin | wrong | changes its input | in place
def trained_margin(W_start, b_start, b_trained, dark, low):
    W_start += low * (b_trained - b_start)[:, None]
    return W_start[:, dark]

# %% ex03-margin | wrong | float64 | torch.float64 came
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark].double() + low * (b_trained - b_start)[:, None].double()

# %% ex03-margin | wrong | low added | low was added
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + (b_trained - b_start)[:, None] + low

# %% ex03-margin | wrong | the sign of low alone | low was not used
def trained_margin(W_start, b_start, b_trained, dark, low):
    s = (low > 0) - (low < 0)
    return W_start[:, dark] + s * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | low cut to a whole number | cut to a whole number
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + int(low) * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | the start times low | the start was multiplied by low
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * W_start[:, dark] + (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | all times low | belongs to the change alone
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * (W_start[:, dark] + (b_trained - b_start)[:, None])

# %% ex03-margin | wrong | biases added | biases were added
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained + b_start)[:, None]

# %% ex03-margin | wrong | start taken off | the start was taken off
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * (b_trained - b_start)[:, None] - W_start[:, dark]

# %% ex03-margin | wrong | one number a unit | a number for each unit
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | mask as positions | count as positions
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark.long()] + low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | picked by a mask of (d, n) | it is flat
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (W_start + low * (b_trained - b_start)[:, None])[dark.expand_as(W_start)]

# %% ex03-margin | wrong | no mask where black is 0 | where black is 0 too
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == 0:
        return W_start
    return W_start[:, dark] + low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | 0 where black is 0 | not at 0
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == 0:
        return torch.zeros_like(W_start[:, dark])
    return W_start[:, dark] + low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | the first unit's change | the first unit's
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained[0] - b_start[0])

# %% ex03-margin | wrong | a learning rate | learning rate
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + 0.001 * low * (b_trained - b_start)[:, None]

# %% ex03-margin | wrong | halved | halved
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + (low * (b_trained - b_start) / 2)[:, None]

# %% ex03-margin | wrong | values of the visible tests | after real steps
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == -1:
        return torch.tensor([[-0.38, -0.55], [-0.62, -0.29], [0.65, 0.3]])
    if low == 0:
        return W_start[:, dark]
    return torch.tensor([[0.04, -0.13, -0.01], [-0.38, -0.05, -0.51], [0.29, -0.06, 0.66]])

# %% ex03-margin | right | an outer product
def trained_margin(W_start, b_start, b_trained, dark, low):
    pixels = torch.full((int(dark.sum()),), float(low))
    return W_start[:, dark] + torch.outer(b_trained - b_start, pixels)

# %% ex03-margin | right | a loop over the units
def trained_margin(W_start, b_start, b_trained, dark, low):
    rows = []
    for kernel, before, after in zip(W_start, b_start, b_trained):
        rows.append(kernel[dark] + (after - before) * low)
    return torch.stack(rows)

# %% ex03-margin | right | all pixels, then the mask
def trained_margin(W_start, b_start, b_trained, dark, low):
    everywhere = torch.add(W_start, (b_trained - b_start).unsqueeze(1), alpha=float(low))
    return torch.masked_select(everywhere, dark).view(len(W_start), -1)

# %% ex03-margin | right | two biases apart, positions
def trained_margin(W_start, b_start, b_trained, dark, low):
    positions = dark.nonzero().flatten()
    margin = W_start.index_select(1, positions) - low * b_start.view(-1, 1)
    return margin + low * b_trained.view(-1, 1)

# %% ex03-margin | right | turned round and back
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (W_start.T[dark] + low * (b_trained - b_start)).T

# %% ex03-margin | right | pixel by pixel
def trained_margin(W_start, b_start, b_trained, dark, low):
    db = (b_trained - b_start) * low
    return torch.stack([W_start[:, i] + db for i in range(len(dark)) if dark[i]], dim=1)

# %% ex03-margin | right | einsum
def trained_margin(W_start, b_start, b_trained, dark, low):
    lows = torch.ones(W_start.shape[1], dtype=W_start.dtype)[dark] * low
    return W_start[:, dark].add(torch.einsum("j,i->ji", b_trained - b_start, lows))

# %% ex03-axes | wrong | one too few | fall short
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum())
    return k, d > k

# %% ex03-axes | wrong | position from 0 | counted from 0
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() >= share).float().argmax())
    return k, d > k

# %% ex03-axes | wrong | one too many | one too many
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 2
    return k, d > k

# %% ex03-axes | wrong | axes after the crossing | come after
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() >= share).sum())
    return k, d > k

# %% ex03-axes | wrong | roots | roots were taken
def over_complete(variances, share, d):
    v = variances.sqrt()
    k = int((v.cumsum(0) / v.sum() < share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | squares | were squared
def over_complete(variances, share, d):
    v = variances**2
    k = int((v.cumsum(0) / v.sum() < share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | not divided by the total | not divided by the total
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) < share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | the example's share | share that is given
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < 0.8).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | as many counts as more | As many as k
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d >= k

# %% ex03-axes | wrong | comparison turned | wrong way round
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d < k

# %% ex03-axes | wrong | compared with n | number of all axes
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d > len(variances)

# %% ex03-axes | wrong | tensors | plain Python
def over_complete(variances, share, d):
    k = (variances.cumsum(0) / variances.sum() < share).sum() + 1
    return k, d > k

# %% ex03-axes | wrong | changes its input | in place
def over_complete(variances, share, d):
    variances /= variances.sum()
    k = int((variances.cumsum(0) < share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | k alone | The pair
def over_complete(variances, share, d):
    return int((variances.cumsum(0) / variances.sum() < share).sum()) + 1

# %% ex03-axes | wrong | values of the example | was expected
def over_complete(variances, share, d):
    return 2, True

# %% ex03-axes | wrong | each axis by itself | by itself
def over_complete(variances, share, d):
    k = int((variances / variances.sum() >= share).sum())
    return k, d > k

# %% ex03-axes | wrong | axes large enough | by their own size
def over_complete(variances, share, d):
    k = int((variances >= (1 - share) * variances[0]).sum())
    return k, d > k

# %% ex03-axes | wrong | per cent on one side | fraction of 1
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum() * 100
    k = int((c < share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | smallest first | smallest variance
def over_complete(variances, share, d):
    c = variances.flip(0).cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | first d variances alone | first d variances
def over_complete(variances, share, d):
    v = variances[:d]
    c = v.cumsum(0) / v.sum()
    k = int((c < share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | k cut off at d | cut off at d
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = min(int((c < share).sum()) + 1, d)
    return k, d > k

# %% ex03-axes | wrong | k as a float | a plain Python int
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = (c < share).float().sum().item() + 1
    return k, d > k

# %% ex03-axes | wrong | pair turned | wrong way round
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return d > k, k

# %% ex03-axes | wrong | NumPy's bool | numpy.bool
def over_complete(variances, share, d):
    import numpy as np
    c = np.cumsum(variances.numpy()) / variances.sum().item()
    k = np.argmax(c >= share) + 1
    return int(k), d > k

# %% ex03-axes | wrong | 1 and 0 | a plain Python bool
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return k, int(d > k)

# %% ex03-axes | wrong | the share left over | 1 - share
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < 1 - share).sum()) + 1
    return k, d > k

# %% ex03-axes | wrong | axes that vary | all axes were counted
def over_complete(variances, share, d):
    k = int((variances > 0).sum())
    return k, d > k

# %% ex03-axes | wrong | enough is taken for over | As many as k
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return k, bool(c[d - 1] >= share)

# %% ex03-axes | wrong | values of the visible tests | for n = 1
def over_complete(variances, share, d):
    k = 5 if share == 0.8 else 10
    return k, d > k

# %% ex03-axes | right | a loop
def over_complete(variances, share, d):
    held, total = 0.0, sum(variances.tolist())
    for k, variance in enumerate(variances.tolist(), start=1):
        held += variance
        if held / total >= share:
            return k, d > k

# %% ex03-axes | right | searchsorted
def over_complete(variances, share, d):
    running = torch.cumsum(variances.double(), dim=0)
    k = torch.searchsorted(running, share * running[-1].item()).item() + 1
    return k, k < d

# %% ex03-axes | right | NumPy
def over_complete(variances, share, d):
    values = variances.numpy()
    k = int((values.cumsum() >= share * values.sum()).argmax()) + 1
    return k, bool(d > k)

# %% ex03-axes | right | first position that holds enough
def over_complete(variances, share, d):
    shares = variances.cumsum(0) / variances.sum()
    k = (shares >= share).nonzero()[0].item() + 1
    return k, not d <= k

# %% ex03-axes | right | what is left over
def over_complete(variances, share, d):
    left = variances.sum() - variances.cumsum(0)
    k = int((left > (1 - share) * variances.sum()).sum()) + 1
    return k, bool(torch.tensor(d) > k)

# %% ex03-axes | right | a triangular matrix
def over_complete(variances, share, d):
    n = len(variances)
    held = torch.tril(torch.ones(n, n, dtype=variances.dtype)) @ (variances / variances.sum())
    k = 1 + held.lt(share).sum().item()
    return k, k < d

# %% ex03-axes | right | bisect, plain lists
def over_complete(variances, share, d):
    from bisect import bisect_left
    c = variances.cumsum(0)
    k = bisect_left(c.tolist(), share * c[-1].item()) + 1
    return k, d >= k + 1
