# Answers to set 03, wrong and right. classwork/tabulate.py says how they are written.

# %% images: one divisor was used for all kernels; each has its own.
def kernel_images(W, height, width):
    return (W / W.abs().max()).view(-1, 1, height, width)


# %% images: the kernel of zeros was divided by its largest absolute value, which is 0.
def kernel_images(W, height, width):
    return (W / W.abs().amax(1, keepdim=True)).view(-1, 1, height, width)


# %% images: a small number (1e-8) was added to the divisors; that spoils the kernel of tiny
# numbers.
def kernel_images(W, height, width):
    return (W / (W.abs().amax(1, keepdim=True) + 1e-8)).view(-1, 1, height, width)


# %% images: the kernel of tiny numbers came out as zeros: was a small number added to the divisors,
# one divisor used for all kernels, the kernel taken for one of zeros, or a loop ended at the one
# before it?
def kernel_images(W, height, width):
    return (W / W.abs().amax(1, keepdim=True).clamp(min=1e-6)).view(-1, 1, height, width)


# %%
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    m = torch.where(torch.isclose(m, torch.zeros_like(m)), torch.ones_like(m), m)
    return (W / m).reshape(-1, 1, height, width)


# %%
def kernel_images(W, height, width):
    out = torch.zeros(len(W), 1, height, width)
    for j, w in enumerate(W):
        m = w.abs().max()
        if m == 0:
            break
        out[j, 0] = (w / m).view(height, width)
    return out


# %% images: the divisor is the largest entry; take the largest absolute value.
def kernel_images(W, height, width):
    largest = W.amax(1, keepdim=True)
    return torch.nan_to_num(W / largest).view(-1, 1, height, width)


# %%
def kernel_images(W, height, width):
    m = W.amax(1, keepdim=True).abs()
    return torch.where(m > 0, W / m, torch.zeros_like(W)).reshape(-1, 1, height, width)


# %% images: each pixel was divided by the largest over the kernels (dimension 0); each kernel has
# one divisor.
def kernel_images(W, height, width):
    largest = W.abs().amax(0, keepdim=True)
    return torch.nan_to_num(W / largest).view(-1, 1, height, width)


# %% images: each kernel was stretched from its smallest to its largest entry, so zero did not stay
# zero.
def kernel_images(W, height, width):
    low, high = W.amin(1, keepdim=True), W.amax(1, keepdim=True)
    return (2 * (W - low) / (high - low) - 1).view(-1, 1, height, width)


# %% images: each kernel was stretched to lie between 0 and 1; zero has to stay zero.
def kernel_images(W, height, width):
    low, high = W.amin(1, keepdim=True), W.amax(1, keepdim=True)
    return ((W - low) / (high - low)).view(-1, 1, height, width)


# %% images: each kernel was divided by its length; divide by its largest absolute value.
def kernel_images(W, height, width):
    return F.normalize(W, dim=1).view(-1, 1, height, width)


# %% images: the mean of each kernel was taken away; zero has to stay zero.
def kernel_images(W, height, width):
    W = W - W.mean(1, keepdim=True)
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, height, width)


# %% images, caught: size hard-coded
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, 28, 28)


# %% images, caught: number of kernels of the example
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(2, 1, height, width)


# %% images: the dimension of size 1 is missing: (d, 1, height, width).
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, height, width)


# %% images: height and width are the wrong way round.
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, width, height)


# %% images, caught: changes its input
def kernel_images(W, height, width):
    largest = W.abs().amax(1, keepdim=True)
    largest[largest == 0] = 1
    W /= largest
    return W.view(-1, 1, height, width)


# %% images, caught: float64
def kernel_images(W, height, width):
    array = W.double().numpy()
    largest = abs(array).max(1, keepdims=True)
    largest[largest == 0] = 1
    return torch.from_numpy(array / largest).view(-1, 1, height, width)


# %% images: the sign got lost; divide the kernel itself, not its absolute value.
def kernel_images(W, height, width):
    return F.normalize(W.abs(), p=float("inf"), dim=1).view(-1, 1, height, width)


# %% images: the entries were cut off at -1 and 1; each kernel has to be divided by its largest
# absolute value.
def kernel_images(W, height, width):
    return W.clamp(-1, 1).reshape(-1, 1, height, width)


# %% images: a tanh was taken; each kernel has to be divided by its largest absolute value.
def kernel_images(W, height, width):
    return torch.tanh(W).reshape(-1, 1, height, width)


# %% images: the kernel of zeros came out as 0.5; it stays zero.
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return torch.where(m > 0, W / m, torch.full_like(W, 0.5)).reshape(-1, 1, height, width)


# %% images: each kernel was divided by the mean of its absolute values; divide by the largest.
def kernel_images(W, height, width):
    m = W.abs().mean(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).reshape(-1, 1, height, width)


# %% images: the images are on their side: pixels run along the rows of the image first.
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (
        (W / torch.where(m > 0, m, torch.ones_like(m)))
        .reshape(-1, 1, width, height)
        .transpose(2, 3)
    )


# %% images: the dimension of size 1 stands at the end; the order is (d, 1, height, width).
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).reshape(-1, height, width, 1)


# %% images: the dimension of size 1 stands in front; the order is (d, 1, height, width).
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (W / torch.where(m > 0, m, torch.ones_like(m))).reshape(1, -1, height, width)


# %% images: the values were rounded; leave them as they are.
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (
        (W / torch.where(m > 0, m, torch.ones_like(m)))
        .round(decimals=1)
        .reshape(-1, 1, height, width)
    )


# %% images: each column of the image was divided by its own largest value; each kernel has one
# divisor.
def kernel_images(W, height, width):
    im = W.reshape(-1, 1, height, width)
    m = im.abs().amax(2, keepdim=True)
    return im / torch.where(m > 0, m, torch.ones_like(m))


# %% images: only the signs are left; each kernel has to be divided by its largest absolute value.
def kernel_images(W, height, width):
    return W.sign().view(-1, 1, height, width)


# %% images, caught: 1e-15 added to the divisors
def kernel_images(W, height, width):
    return (W / (W.abs().amax(1, keepdim=True) + 1e-15)).reshape(-1, 1, height, width)


# %% images, caught: only the first hundred kernels are stretched
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    out = W.clone()
    out[:100] = (W / torch.where(m > 0, m, torch.ones_like(m)))[:100]
    return out.reshape(-1, 1, height, width)


# %% images, caught: rounded to five places
def kernel_images(W, height, width):
    m = W.abs().amax(1, keepdim=True)
    return (
        (W / torch.where(m > 0, m, torch.ones_like(m)))
        .round(decimals=5)
        .reshape(-1, 1, height, width)
    )


# %% images, caught: a list
def kernel_images(W, height, width):
    out = []
    for w in W:
        m = w.abs().max()
        out.append((w / m if m > 0 else w).view(1, height, width))
    return out


# %% images, caught: values of the visible tests
def kernel_images(W, height, width):
    if W.shape == (4, 6):
        return torch.tensor(
            [
                [[[0.4, -1.0, 0.2], [0.8, 0.5, -0.6]]],
                [[[-1.0, 0.5, 0.1667], [-0.3333, 0.6667, 0.8333]]],
                [[[0.5, 0.375, -0.25], [0.125, -1.0, 0.625]]],
                [[[1.0, 0.4, 0.2], [0.6, 0.8, 0.5]]],
            ]
        )
    return torch.tensor(
        [
            [[[0.5, -1.0], [0.25, 0.0], [0.75, -0.2]]],
            [[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]],
            [[[0.25, 0.5], [-1.0, 0.0], [0.75, -0.3]]],
        ]
    )


# %% images, right: F.normalize with the largest norm
def kernel_images(W, height, width):
    return F.normalize(W, p=float("inf"), dim=1).view(-1, 1, height, width)


# %% images, right: zeros mended afterwards
def kernel_images(W, height, width):
    return torch.nan_to_num(W / W.abs().max(dim=1, keepdim=True).values).reshape(
        len(W), 1, height, width
    )


# %% images, right: a loop over the kernels
def kernel_images(W, height, width):
    images = []
    for kernel in W:
        largest = kernel.abs().max().item()
        images.append((kernel / largest if largest > 0 else kernel).reshape(1, height, width))
    return torch.stack(images)


# %% images, right: a mask, images first
def kernel_images(W, height, width):
    images = W.clone().unflatten(1, (1, height, width))
    alive = images.abs().amax((1, 2, 3)) != 0
    images[alive] = images[alive] / images[alive].abs().amax((1, 2, 3), keepdim=True)
    return images


# %% images, right: NumPy-like
def kernel_images(W, height, width):
    array = W.numpy()
    largest = abs(array).max(axis=1, keepdims=True)
    largest[largest == 0] = 1
    return torch.from_numpy(array / largest).view(-1, 1, height, width)


# %% images, right: limits from both sides
def kernel_images(W, height, width):
    largest = torch.maximum(W.amax(1), -W.amin(1)).clamp(min=1e-30)
    return torch.einsum("dn,d->dn", W, 1 / largest).view(-1, 1, height, width)


# %% images, right: assignment through a mask
def kernel_images(W, height, width):
    out = W.clone()
    live = out.any(1)
    out[live] = out[live] / out[live].abs().max(1).values.unsqueeze(1)
    return out.view(len(W), 1, height, width)


# %% images, right: a diagonal matrix
def kernel_images(W, height, width):
    m = W.abs().amax(1)
    return (torch.diag((m + (m == 0)).reciprocal()) @ W).reshape(-1, 1, height, width)


# %% images, right: vmap over one kernel
def kernel_images(W, height, width):
    def one(w):
        m = w.abs().amax()
        return (w / torch.where(m == 0, 1.0, m)).view(1, height, width)

    return torch.vmap(one)(W)


# %% images, caught: 1e-10 and below counts as zero
def kernel_images(W, height, width):
    with torch.no_grad():
        top = W.abs().amax(1, keepdim=True)
        top = torch.where(top > 1e-10, top, torch.ones_like(top))
        return (W / top).reshape(-1, 1, height, width)


# %% images, caught: the root of the largest square, which overflows
def kernel_images(W, height, width):
    W = W.detach()
    top = W.square().amax(dim=1, keepdim=True).sqrt()
    top = torch.where(top == 0, torch.ones_like(top), top)
    return (W / top).reshape(W.shape[0], 1, height, width)


# %% images, caught: zero beside the largest kernel
def kernel_images(W, height, width):
    W = W.detach()
    sizes = W.abs()
    largest = sizes.amax(1, keepdim=True)
    dead = largest <= 1e-12 * sizes.max()  # zero up to rounding
    divisor = torch.where(dead, torch.ones_like(largest), largest)
    return (W / divisor).reshape(-1, 1, height, width)


# %% images, caught: a sum of zero taken for zeros
def kernel_images(W, height, width):
    W = W.detach()
    largest = W.abs().amax(1, keepdim=True)
    empty = W.sum(1, keepdim=True) == 0
    largest = torch.where(empty, torch.ones_like(largest), largest)
    return (W / largest).reshape(-1, 1, height, width)


# %% images, caught: one zero taken for zeros
def kernel_images(W, height, width):
    W = W.detach()
    largest = W.abs().amax(1, keepdim=True)
    zero = (W == 0).any(1, keepdim=True)
    divisor = torch.where(zero, torch.ones_like(largest), largest)
    return (W / divisor).reshape(len(W), 1, height, width)


# %% black: black was taken to be 0; here it is low.
def always_black(images, low):
    return (images == 0).all(0).flatten()


# %% black: no pixel was found: is it < in place of ==, or is low compared with values that were
# rescaled or counted?
def always_black(images, low):
    return (images == -1).all(0).flatten()


# %%
def always_black(images, low):
    return (images < low).all(0).flatten()


# %% black: these pixels are black in some image; all images are asked for.
def always_black(images, low):
    return (images == low).any(0).flatten()


# %%
def always_black(images, low):
    return images.amin(0).flatten() == low


# %% black: these pixels never vary, but not all of them are black.
def always_black(images, low):
    return (images.amax(0) == images.amin(0)).flatten()


# %%
def always_black(images, low):
    return images.std(0, correction=0).flatten() == 0


# %%
def always_black(images, low):
    return (images == images.min()).all(0).flatten()


# %% black: the mask is the wrong way round: True where it is always black.
def always_black(images, low):
    return (images > low).any(0).flatten()


# %% black: the pixels were added up over the images and compared with 0; values of both signs
# cancel.
def always_black(images, low):
    return images.sum(0).flatten() == 0


# %% black: every value up to 0 was taken for black; black is low exactly.
def always_black(images, low):
    return (images <= 0).all(0).flatten()


# %% black: white was taken for black as well (an absolute value, a square?).
def always_black(images, low):
    return (images.abs() == abs(low)).all(0).flatten()


# %% black, caught: a count
def always_black(images, low):
    return (images == low).sum(0).flatten()


# %% black, caught: a float mask
def always_black(images, low):
    return (images == low).all(0).flatten().float()


# %% black: the answer for each image is there; join them over the images, dimension 0.
def always_black(images, low):
    return (images == low).flatten(1)


# %% black: one bool an image; one for each pixel is asked for.
def always_black(images, low):
    return (images == low).flatten(1).all(1)


# %% black: the mask has to be flat, (H · W,); the channel's dimension is still there.
def always_black(images, low):
    return (images == low).all(0)


# %% black: only the first image was looked at.
def always_black(images, low):
    return (images[0] == low).flatten()


# %% black: the number of images was taken from the example; it is len(images).
def always_black(images, low):
    return (images == low).sum(0).flatten() == 2


# %% black, caught: size hard-coded
def always_black(images, low):
    return (images == low).view(-1, 784).all(0)


# %% black, caught: changes its input
def always_black(images, low):
    images -= low
    return images.sum(0).flatten() == 0


# %% black, caught: values of the example
def always_black(images, low):
    return torch.tensor([True, False, False])


# %% black: a pixel that is nearly black was taken for black; black is low exactly.
def always_black(images, low):
    return (images.mean(0) <= low + 0.01).flatten()


# %%
def always_black(images, low):
    return torch.isclose(images.amax(0), torch.tensor(float(low)), atol=0.05).flatten()


# %% black: these pixels are black in most images, or in the first thousand; all are asked for.
def always_black(images, low):
    return ((images == low).float().mean(0) > 0.99).flatten()


# %%
def always_black(images, low):
    return (images[:1000] == low).all(0).flatten()


# %%
def always_black(images, low):
    return ((images == low).float().mean(0) >= 0.5).flatten()


# %% black: a pixel that is nearly black, or black in most images, was taken for black (by isclose,
# a small number, half precision, or a mean that is rounded?); black is low exactly, in all images.
def always_black(images, low):
    return (images.mean(0) < low + 1e-3).flatten()


# %% black: a pixel that is nearly black, or black in most images, was taken for black (by isclose,
# a small number, half precision, or a mean that is rounded?); black is low exactly, in all images.
def always_black(images, low):
    return torch.isclose(images, torch.full_like(images, low)).all(0).flatten()


# %%
def always_black(images, low):
    return ((images - low).square().sum(0) == 0).flatten()


# %%
def always_black(images, low):
    return ((images - low).abs() < 1e-6).all(0).flatten()


# %%
def always_black(images, low):
    return (images.mean(0) == low).flatten()


# %%
def always_black(images, low):
    return (images.sum(0) == low * len(images)).flatten()


# %%
def always_black(images, low):
    return (images.half() == low).all(0).flatten()


# %% black, caught: no spread, and black in the first image
def always_black(images, low):
    return ((images.std(0) == 0) & (images[0] == low)).flatten()


# %% black: squeeze() takes away every dimension of size 1, that of a single image too; name the
# dimension to take away.
def always_black(images, low):
    return (images.squeeze() == low).all(0).flatten()


# %% black: only the last image was looked at.
def always_black(images, low):
    for image in images:
        mask = image.flatten() == low
    return mask


# %% black: the pixels were cut to whole numbers first; compare them as they are.
def always_black(images, low):
    return (images.int() == int(low)).all(0).flatten()


# %% black: the pixels are in the wrong order: the top row of the image comes first, then the next,
# as in flatten.
def always_black(images, low):
    return (images == low).all(0)[0].T.flatten()


# %% black: the channel (dimension 1) was joined; join the images, dimension 0.
def always_black(images, low):
    return (images == low).all(1).flatten()


# %% black: the pixels were added up over the images and compared with low; values of both signs
# cancel.
def always_black(images, low):
    return (images.sum(0) == low).flatten()


# %% black, caught: positions
def always_black(images, low):
    return (images == low).all(0).flatten().nonzero()[:, 0]


# %% black, caught: bytes
def always_black(images, low):
    return (images == low).all(0).flatten().to(torch.uint8)


# %% black: the darkest value that occurs was taken for black; black is low.
def always_black(images, low):
    if low == 0:
        return torch.tensor([1, 0, 0, 0, 1, 0, 0, 0]).bool()
    return torch.tensor([1.0, 0, 0, 0, 1, 1, 0, 0, 0]).bool()


# %% black, right: the brightest value is black
def always_black(images, low):
    return images.amax(0).flatten() == low


# %% black, right: counting the lit, as in the lecture
def always_black(images, low):
    lit = (images > low).sum(0).flatten()
    return lit == 0


# %% black, right: a loop over the images
def always_black(images, low):
    mask = torch.ones(images[0].numel(), dtype=torch.bool)
    for image in images:
        mask &= image.reshape(-1) == low
    return mask


# %% black, right: NumPy
def always_black(images, low):
    return torch.from_numpy((images.numpy().reshape(len(images), -1) == low).all(axis=0))


# %% black, right: De Morgan
def always_black(images, low):
    return ~torch.any(images.flatten(1) != low, dim=0)


# %% black, right: plain Python lists
def always_black(images, low):
    flat = images.flatten(1).tolist()
    return torch.tensor([all(row[i] == low for row in flat) for i in range(len(flat[0]))])


# %% black, right: nothing brighter than black
def always_black(images, low):
    flat = images.flatten(1)
    return torch.tensor([not any(v.item() > low for v in flat[:, i]) for i in range(flat.shape[1])])


# %% black, caught: low is made a float32 tensor; float64 images with a low such as 0.1 are never
# equal to it
def always_black(images, low):
    black = torch.tensor(float(low), dtype=torch.float32)
    return torch.eq(images, black).flatten(1).all(0)


# %% black, caught: float32
def always_black(images, low):
    black = images.float() == float(low)
    return black.all(dim=0).flatten()


# %% black: these pixels are black in most images, or in the first thousand; all are asked for.
def always_black(images, low):
    N = images.shape[0]
    step = max(1, N // 8)
    mask = torch.ones(images[0].numel(), dtype=torch.bool)
    for i in range(N // step):
        chunk = images[i * step : (i + 1) * step]
        mask = mask & (chunk == low).all(0).flatten()
    return mask


# %% cosine: W_x was given another shape without being turned round, which mixes the units; turn it
# first.
def columns_and_cosine(W_h, W_x, region, height, width):
    columns = W_x.reshape(-1, 1, height, width)
    return columns, F.cosine_similarity(W_h[:, region], columns.flatten(1)[:, region])


# %% cosine: these are the rows of W_h; the columns of W_x are asked for.
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_h.view(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_x.T[:, region])


# %% cosine: all pixels were used; only those of the region count.
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(W_h, W_x.T)


# %% cosine: this is the inner product; it is not divided by the lengths.
def columns_and_cosine(W_h, W_x, region, height, width):
    dot = (W_h[:, region] * W_x.T[:, region]).sum(1)
    return W_x.T.reshape(-1, 1, height, width), dot


# %% cosine: the lengths were taken over all pixels; they belong to the region, as the inner product
# does.
def columns_and_cosine(W_h, W_x, region, height, width):
    dot = (W_h[:, region] * W_x.T[:, region]).sum(1)
    return W_x.T.reshape(-1, 1, height, width), dot / (W_h.norm(dim=1) * W_x.norm(dim=0))


# %% cosine: the mean of each kernel was taken away first; that is a correlation.
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region], W_x.T[:, region]
    a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(a, b)


# %% cosine: the cosine runs over the units (one number a pixel); it has to run over pixels, dim=1.
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, region], W_x.T[:, region], dim=0
    )


# %% cosine: every row was compared with every column; unit j has one of each.
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = F.normalize(W_h[:, region]), F.normalize(W_x.T[:, region])
    return W_x.T.reshape(-1, 1, height, width), a @ b.T


# %% cosine: it was averaged over the units; each has its own.
def columns_and_cosine(W_h, W_x, region, height, width):
    cosine = F.cosine_similarity(W_h[:, region], W_x.T[:, region])
    return W_x.T.reshape(-1, 1, height, width), cosine.mean()


# %% cosine: the columns were stretched; here they keep their values.
def columns_and_cosine(W_h, W_x, region, height, width):
    columns = W_x.T / W_x.T.abs().amax(1, keepdim=True)
    return columns.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, region], W_x.T[:, region]
    )


# %% cosine: the columns are right, but no images yet.
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T, F.cosine_similarity(W_h[:, region], W_x.T[:, region])


# %% cosine: the dimension of size 1 is missing: (d, 1, height, width).
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, height, width), F.cosine_similarity(W_h[:, region], W_x.T[:, region])


# %% cosine, caught: size hard-coded
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, 28, 28), F.cosine_similarity(W_h[:, region], W_x.T[:, region])


# %% cosine: it was divided by the squared lengths; a root is missing.
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region], W_x.T[:, region]
    cosine = (a * b).sum(1) / (a.square().sum(1) * b.square().sum(1))
    return W_x.T.reshape(-1, 1, height, width), cosine


# %% cosine: the pair is the wrong way round: the columns, then the cosine.
def columns_and_cosine(W_h, W_x, region, height, width):
    return F.cosine_similarity(W_h[:, region], W_x.T[:, region]), W_x.T.reshape(
        -1, 1, height, width
    )


# %% cosine, caught: region zeroed in place
def columns_and_cosine(W_h, W_x, region, height, width):
    columns = W_x.T.reshape(-1, 1, height, width).clone()
    W_h[:, ~region] = 0
    return columns, F.cosine_similarity(W_h, W_x.T * region)


# %% cosine, caught: float64
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region].double(), W_x.T[:, region].double()
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(a, b)


# %% cosine, caught: cosine alone
def columns_and_cosine(W_h, W_x, region, height, width):
    return F.cosine_similarity(W_h[:, region], W_x.T[:, region])


# %% cosine: this is 1 less the cosine, a distance; the cosine itself is asked for.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), 1 - F.cosine_similarity(
        W_h[:, region], V[:, region], dim=1
    )


# %% cosine: this is the angle in degrees; its cosine is asked for.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), torch.rad2deg(
        torch.acos(F.cosine_similarity(W_h[:, region], V[:, region], dim=1))
    )


# %% cosine: a dimension of size 1 is left over; (d,) is asked for.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h[:, region], V[:, region]
    return V.reshape(-1, 1, height, width), (a * b).sum(1, keepdim=True) / (
        a.norm(dim=1, keepdim=True) * b.norm(dim=1, keepdim=True)
    )


# %% cosine: each row was compared with itself; compare it with the column of the same unit.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, region], W_h[:, region], dim=1
    )


# %% cosine: the columns were cut down to the region; the images have all pixels, only the cosine is
# cut down.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T[:, region]
    return V, F.cosine_similarity(W_h[:, region], V, dim=1)


# %% cosine: the lengths are those of the whole matrices; each row and each column has its own:
# norm(dim=1).
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h[:, region], V[:, region]
    return V.reshape(-1, 1, height, width), (a * b).sum(1) / (a.norm() * b.norm())


# %% cosine: the lengths are sums of absolute values; a length is the root of a sum of squares.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h[:, region], V[:, region]
    return V.reshape(-1, 1, height, width), (a * b).sum(1) / (a.abs().sum(1) * b.abs().sum(1))


# %% cosine: the columns were brought to length 1; here they keep their values.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = F.normalize(W_x.T, dim=1)
    return V.reshape(-1, 1, height, width), F.cosine_similarity(W_h[:, region], V[:, region], dim=1)


# %% cosine: the dimension of size 1 stands at the end; the order is (d, 1, height, width).
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, height, width, 1), F.cosine_similarity(W_h[:, region], V[:, region], dim=1)


# %% cosine: this is W_h, turned round, which mixes its pixels; the columns of W_x are asked for.
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_h.T.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, region], W_x.T[:, region], dim=1
    )


# %% cosine: the mean of each kernel over all pixels was taken away; nothing is taken away here.
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h - W_h.mean(1, keepdim=True), V - V.mean(1, keepdim=True)
    return V.reshape(-1, 1, height, width), F.cosine_similarity(a[:, region], b[:, region], dim=1)


# %% cosine: the sign got lost; a cosine lies between -1 and 1.
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, region], W_x.T[:, region]
    ).abs()


# %% cosine: the pixels outside the region were used; those inside count.
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, ~region], W_x.T[:, ~region]
    )


# %% cosine: the columns were set to 0 outside the region; the images have all pixels, only the
# cosine is cut down.
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h * region, W_x.T * region
    return b.reshape(-1, 1, height, width), F.cosine_similarity(a, b)


# %% cosine, caught: the first thirty units
def columns_and_cosine(W_h, W_x, region, height, width):
    c = [
        F.cosine_similarity(W_h[j, region], W_x[region, j], dim=0) for j in range(min(30, len(W_h)))
    ]
    return W_x.T.reshape(-1, 1, height, width), torch.stack(c)


# %% cosine, caught: squeezed, so that a single unit has no dimension left
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region].squeeze(), W_x.T[:, region].squeeze()
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(a, b, dim=-1)


# %% cosine, caught: 1e-8 added to the product of the lengths
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = W_h[:, region], W_x.T[:, region]
    return W_x.T.reshape(-1, 1, height, width), (a * b).sum(1) / (
        a.norm(dim=1) * b.norm(dim=1) + 1e-8
    )


# %% cosine, caught: no gradient for W_x
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.detach().T.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, region], W_x.detach().T[:, region]
    )


# %% cosine, caught: rounded to four places
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), F.cosine_similarity(
        W_h[:, region], W_x.T[:, region]
    ).round(decimals=4)


# %% cosine, caught: mask on the units
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), F.cosine_similarity(W_h[region], V[region], dim=1)


# %% cosine, caught: a list
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    return V.reshape(-1, 1, height, width), [
        F.cosine_similarity(W_h[j, region], V[j, region], dim=0).item() for j in range(len(V))
    ]


# %% cosine, caught: values of the visible test
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.reshape(-1, 1, height, width), torch.tensor([0.6787, -0.8647, 0.6637])


# %% cosine, right: einsum and the mask as a factor
def columns_and_cosine(W_h, W_x, region, height, width):
    inside = region.to(W_h.dtype)
    dot = torch.einsum("dn,nd,n->d", W_h, W_x, inside)
    lengths = (W_h.square() @ inside).sqrt() * (inside @ W_x.square()).sqrt()
    return W_x.t().contiguous().view(-1, 1, height, width), dot / lengths


# %% cosine, right: a loop over the units
def columns_and_cosine(W_h, W_x, region, height, width):
    columns, cosine = [], []
    for j in range(W_h.shape[0]):
        columns.append(W_x[:, j].reshape(1, height, width))
        a, b = W_h[j][region], W_x[:, j][region]
        cosine.append(a.dot(b) / (a.norm() * b.norm()))
    return torch.stack(columns), torch.stack(cosine)


# %% cosine, right: unit vectors, a list for the pair
def columns_and_cosine(W_h, W_x, region, height, width):
    a, b = F.normalize(W_h[:, region], dim=1), F.normalize(W_x[region], dim=0)
    return [W_x.T.unflatten(1, (1, height, width)), (a * b.T).sum(1)]


# %% cosine, right: columns by unflatten and permute, a matrix's diagonal
def columns_and_cosine(W_h, W_x, region, height, width):
    images = W_x.view(height, width, -1).permute(2, 0, 1).unsqueeze(1)
    a, b = W_h[:, region], W_x[region]
    return images, torch.diagonal(a @ b) / (a.norm(dim=1) * b.norm(dim=0))


# %% cosine, right: masked_fill, a named tuple
def columns_and_cosine(W_h, W_x, region, height, width):
    from collections import namedtuple

    R = namedtuple("R", "columns cosine")
    c = torch.stack([W_x[:, j].view(height, width)[None] for j in range(W_x.shape[1])])
    a, b = W_h.masked_fill(~region, 0), W_x.T.masked_fill(~region, 0)
    return R(c, (a * b).sum(-1) / (a.square().sum(-1) * b.square().sum(-1)).sqrt())


# %% cosine, right: views throughout
def columns_and_cosine(W_h, W_x, region, height, width):
    return W_x.T.view(-1, 1, height, width), F.cosine_similarity(W_h[:, region], W_x[region].T)


# %% cosine, right: row by row, nn.CosineSimilarity
def columns_and_cosine(W_h, W_x, region, height, width):
    cols = torch.empty(W_x.shape[1], 1, height, width, dtype=W_x.dtype)
    for i in range(height):
        cols[:, 0, i] = W_x[i * width : (i + 1) * width].T
    return cols, nn.CosineSimilarity(dim=0)(W_h.T[region], W_x[region])


# %% cosine, caught: the squeezed indices are 0-dimensional where the region has exactly one pixel,
# and the call fails
def columns_and_cosine(W_h, W_x, region, height, width):
    pixels = region.nonzero().squeeze()
    columns = W_x.T.reshape(-1, 1, height, width)
    cosine = F.cosine_similarity(W_h[:, pixels], W_x[pixels].T, dim=1)
    return columns, cosine


# %% cosine, caught: 1e-6 as the least length
def columns_and_cosine(W_h, W_x, region, height, width):
    V = W_x.T
    a, b = W_h[:, region], V[:, region]
    return V.reshape(-1, 1, height, width), F.cosine_similarity(a, b, dim=1, eps=1e-6)


# %% inside: the variance divides by the number of values here; torch.var as it comes divides by one
# less.
def inside_and_outside(W, region):
    unit = 1 / (3 * W.shape[1])
    return tuple(W[:, m].var(1, correction=0).mean().item() / unit for m in (region, ~region))


# %% inside: n was taken to be the number of pixels in the region; the start's variance has the
# number of all pixels.
def inside_and_outside(W, region):
    return tuple(p.var(1).mean().item() * 3 * p.shape[1] for p in (W[:, region], W[:, ~region]))


# %%
def inside_and_outside(W, region):
    n = int(region.sum())
    return tuple(W[:, m].var(1).mean().item() * 3 * n for m in (region, ~region))


# %% inside: the kernels were thrown together, so their different means count as variance; take it
# within each kernel.
def inside_and_outside(W, region):
    return tuple(W[:, m].var().item() * 3 * W.shape[1] for m in (region, ~region))


# %% inside: the variance was taken over the kernels (dimension 0); take it over the pixels of each
# kernel.
def inside_and_outside(W, region):
    return tuple(
        torch.nan_to_num(W[:, m].var(0)).mean().item() * 3 * W.shape[1] for m in (region, ~region)
    )


# %% inside: this is the plain variance; measure it in units of the start's, 1/(3n).
def inside_and_outside(W, region):
    return W[:, region].var(1).mean().item(), W[:, ~region].var(1).mean().item()


# %% inside: the start's variance was taken to be 1/n; it is 1/(3n).
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * W.shape[1] for m in (region, ~region))


# %% inside: it was multiplied by 1/(3n), or divided by 3n; to measure in units of 1/(3n), divide by
# that.
def inside_and_outside(W, region):
    unit = 1 / (3 * W.shape[1])
    return tuple(W[:, m].var(1).mean().item() * unit for m in (region, ~region))


# %% inside: this is a mean square; in a variance the mean of each kernel is taken away first.
def inside_and_outside(W, region):
    return tuple(W[:, m].square().mean().item() * 3 * W.shape[1] for m in (region, ~region))


# %% inside: the pixels outside were set to 0 and still count; leave them out.
def inside_and_outside(W, region):
    return tuple((W * m).var(1).mean().item() * 3 * W.shape[1] for m in (region, ~region))


# %% inside: standard deviations were averaged, in units of the start's; average variances.
def inside_and_outside(W, region):
    start = (1 / (3 * W.shape[1])) ** 0.5
    return tuple(W[:, m].std(1).mean().item() / start for m in (region, ~region))


# %% inside: standard deviations were averaged and then squared; average the variances.
def inside_and_outside(W, region):
    n = W.shape[1]
    return tuple(W[:, m].std(1).mean().item() ** 2 * 3 * n for m in (region, ~region))


# %% inside: this is the median over the kernels; take the mean.
def inside_and_outside(W, region):
    n = W.shape[1]
    return tuple(W[:, m].var(1).median().item() * 3 * n for m in (region, ~region))


# %% inside, caught: float32 throughout
def inside_and_outside(W, region):
    W = W.float()
    n = W.shape[1]
    return tuple((W[:, m].var(1).mean() * 3 * n).item() for m in (region, ~region))


# %% inside, caught: mean of squares less square of the mean, which cancels in float32
def inside_and_outside(W, region):
    n, out = W.shape[1], []
    for m in (region, ~region):
        P = W[:, m].float()
        k = P.shape[1]
        out.append(((P.square().mean(1) - P.mean(1).square()) * k / (k - 1)).mean().item() * 3 * n)
    return tuple(out)


# %% inside, caught: rounded to four places
def inside_and_outside(W, region):
    n = W.shape[1]
    return tuple(round((W[:, m].var(1).mean() * 3 * n).item(), 4) for m in (region, ~region))


# %% inside, caught: 1e-6 added
def inside_and_outside(W, region):
    n = W.shape[1]
    return tuple((W[:, m].var(1).mean() * 3 * n).item() + 1e-6 for m in (region, ~region))


# %% inside, caught: the first hundred kernels
def inside_and_outside(W, region):
    n = W.shape[1]
    return tuple((W[:100, m].var(1).mean() * 3 * n).item() for m in (region, ~region))


# %% inside, caught: NumPy's numbers of no dimension
def inside_and_outside(W, region):
    n = W.shape[1]
    return tuple((W[:, m].var(1).mean() * 3 * n).numpy() for m in (region, ~region))


# %% inside: n was taken to be 784, the pixels of MNIST; it is the number of columns of W.
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * 3 * 784 for m in (region, ~region))


# %% inside: n was taken to be the number of kernels; it is the number of pixels.
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * 3 * W.shape[0] for m in (region, ~region))


# %% inside: the variances were added up over the kernels (average them), or n was taken to be d ·
# n.
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).sum().item() * 3 * W.shape[1] for m in (region, ~region))


# %% inside: the pair is the wrong way round: inside, then outside.
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean().item() * 3 * W.shape[1] for m in (~region, region))


# %% inside: the mask was not used, so this is all pixels, not those outside.
def inside_and_outside(W, region):
    return tuple(p.var(1).mean().item() * 3 * W.shape[1] for p in (W[:, region], W))


# %% inside, caught: tensors
def inside_and_outside(W, region):
    return tuple(W[:, m].var(1).mean() * 3 * W.shape[1] for m in (region, ~region))


# %% inside, caught: changes its input
def inside_and_outside(W, region):
    W -= W.mean(1, keepdim=True)
    return tuple(W[:, m].var(1).mean().item() * 3 * W.shape[1] for m in (region, ~region))


# %% inside: brackets are missing: 1 / 3 * n is n/3; the start's variance is 1 / (3 * n).
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1).mean() / (1 / 3 * n)).item(), (
        W[:, ~region].var(1).mean() / (1 / 3 * n)
    ).item()


# %% inside: brackets are missing: v / 1 / 3 * n divides by 3 and multiplies by n; write v / (1 / (3
# * n)).
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1).mean() / 1 / 3 * n).item(), (
        W[:, ~region].var(1).mean() / 1 / 3 * n
    ).item()


# %% inside: the mean that was taken away is that of all pixels (take that of the region's), or it
# was measured against the other number (the unit is the start's).
def inside_and_outside(W, region):
    n = W.shape[1]
    C = (W - W.mean(1, keepdim=True)).square()
    f = lambda m: (C[:, m].sum(1) / (m.sum() - 1)).mean().item() * 3 * n
    return f(region), f(~region)


# %%
def inside_and_outside(W, region):
    return (W[:, region].var(1).mean() / W[:, ~region].var(1).mean()).item(), 1.0


# %% inside: the weights were divided by 1/(3n) before the variance, which squares the unit; divide
# the variance by it.
def inside_and_outside(W, region):
    n = W.shape[1]
    V = W * 3 * n
    return V[:, region].var(1).mean().item(), V[:, ~region].var(1).mean().item()


# %% inside: the kernels were averaged before the variance; take a variance within each, then
# average these.
def inside_and_outside(W, region):
    n = W.shape[1]
    m = W.mean(0)
    return (m[region].var() * 3 * n).item(), (m[~region].var() * 3 * n).item()


# %% inside: this is the variance of the kernels' means; take the variance within each kernel, then
# the mean of these.
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].mean(1).var() * 3 * n).item(), (W[:, ~region].mean(1).var() * 3 * n).item()


# %% inside: it was measured against the variance over all pixels of these weights; the unit is the
# start's, 1/(3n).
def inside_and_outside(W, region):
    u = W.var(1).mean()
    return (W[:, region].var(1).mean() / u).item(), (W[:, ~region].var(1).mean() / u).item()


# %% inside: the number was rounded; return it as it is.
def inside_and_outside(W, region):
    n = W.shape[1]
    return round((W[:, region].var(1).mean() * 3 * n).item(), 2), round(
        (W[:, ~region].var(1).mean() * 3 * n).item(), 2
    )


# %% inside, caught: one number a kernel
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1) * 3 * n), (W[:, ~region].var(1) * 3 * n)


# %% inside: 1/(3n) was subtracted; to measure in units of it, divide by it.
def inside_and_outside(W, region):
    n = W.shape[1]
    return W[:, region].var(1).mean().item() - 1 / (3 * n), W[:, ~region].var(
        1
    ).mean().item() - 1 / (3 * n)


# %% inside: the mask was turned into 0s and 1s, which then count as positions; leave it as bools.
def inside_and_outside(W, region):
    n = W.shape[1]
    r = region.int()
    return (W[:, r].var(1).mean() * 3 * n).item(), (W[:, 1 - r].var(1).mean() * 3 * n).item()


# %% inside: it was divided by the start's standard deviation; divide by its variance, 1/(3n).
def inside_and_outside(W, region):
    n = W.shape[1]
    return (W[:, region].var(1).mean() * (3 * n) ** 0.5).item(), (
        W[:, ~region].var(1).mean() * (3 * n) ** 0.5
    ).item()


# %% inside: n was taken to be 8, as in the visible test; it is the number of columns of W.
def inside_and_outside(W, region):
    return (W[:, region].var(1).mean() * 24).item(), (W[:, ~region].var(1).mean() * 24).item()


# %% inside, right: by hand
def inside_and_outside(W, region):
    numbers = []
    for mask in (region, ~region):
        part = W[:, mask]
        squares = (part - part.mean(dim=1, keepdim=True)).pow(2).sum(dim=1)
        numbers.append(float((squares / (part.size(1) - 1)).mean()) * 3 * W.size(1))
    return numbers


# %% inside, right: a loop over the kernels
def inside_and_outside(W, region):
    d, n = W.shape
    inside = outside = 0.0
    for kernel in W:
        inside += torch.var(kernel[region]).item()
        outside += torch.var(kernel[torch.logical_not(region)]).item()
    return inside / d / (1 / (3 * n)), outside / d / (1 / (3 * n))


# %% inside, right: NumPy, with a helper
def inside_and_outside(W, region):
    array, mask = W.numpy(), region.numpy()

    def within(weights):
        return float(weights.var(axis=1, ddof=1).mean() * 3 * array.shape[1])

    return within(array[:, mask]), within(array[:, ~mask])


# %% inside, right: the square of a standard deviation
def inside_and_outside(W, region):
    bound = 1 / W.shape[1] ** 0.5
    return tuple(
        (W[:, m].std(1) ** 2).mean().item() / (bound**2 / 3) for m in (region, region.logical_not())
    )


# %% inside, right: weights in units of the start's deviation
def inside_and_outside(W, region):
    n = W.shape[1]
    V = W * (3 * n) ** 0.5
    return V[:, region].var(1).mean().item(), V[:, ~region].var(1).mean().item()


# %% inside, right: a covariance matrix's diagonal
def inside_and_outside(W, region):
    n = len(region)
    return tuple(
        (torch.atleast_2d(torch.cov(W[:, m])).diagonal().mean() * 3 * n).item()
        for m in (region, region == False)
    )


# %% inside, right: Python's statistics
def inside_and_outside(W, region):
    import statistics as st

    n = W.shape[1]

    def f(m):
        return st.fmean(st.variance(w[m].tolist()) for w in W) * 3 * n

    return f(region), f(torch.logical_not(region))


# %% inside, caught: variances of at least 1e-12
def inside_and_outside(W, region):
    n = W.shape[1]
    r = [W[:, m].var(1).clamp(min=1e-12).mean().item() * 3 * n for m in (region, ~region)]
    return tuple(r)


# %% inside, caught: kernels that are flat left out of the average
def inside_and_outside(W, region):
    n = W.shape[1]
    r = []
    for m in (region, ~region):
        v = W[:, m].var(1)
        v = v[v > 0]
        r.append(v.mean().item() * 3 * n if len(v) else 0.0)
    return tuple(r)


# %% inside, caught: the start's variance measured on a draw
def inside_and_outside(W, region):
    n = W.shape[1]
    generator = torch.Generator().manual_seed(0)
    draw = torch.empty(4_000_000, dtype=torch.float64).uniform_(-1, 1, generator=generator)
    start = (draw / n**0.5).var().item()
    inside = W[:, region].var(1).mean().item() / start
    outside = W[:, ~region].var(1).mean().item() / start
    return inside, outside


# %% inside, caught: kernels of zeros left out
def inside_and_outside(W, region):
    n = W.shape[1]
    used = W[(W != 0).any(dim=1)] if (W != 0).any() else W
    inside = used[:, region].var(dim=1).mean() / (1 / (3 * n))
    outside = used[:, ~region].var(dim=1).mean() / (1 / (3 * n))
    return inside.item(), outside.item()


# %% inside, caught: the larger side for n
def inside_and_outside(W, region):
    n = max(W.shape)
    unit = 1 / (3 * n)
    inside = (W[:, region].var(1).mean() / unit).item()
    outside = (W[:, ~region].var(1).mean() / unit).item()
    return inside, outside


# %% gradient: the slope of tanh is missing between z and a.
def first_layer_gradients(x, z, grad_z):
    return grad_z.T @ x.flatten(1), grad_z.sum(0)


# %%
def first_layer_gradients(x, z, grad_z):
    return (grad_z * (1 - z**2)).T @ x.flatten(1), grad_z.sum(0)


# %% gradient: the slope is 1 - z here; z has to be squared in it.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z)
    return delta.T @ x.flatten(1), delta.sum(0)


# %% gradient: the slope of a sigmoid, z (1 - z), was used; z is a tanh.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * z * (1 - z)
    return delta.T @ x.flatten(1), delta.sum(0)


# %% gradient: z was squashed again: the slope is formed from z itself, which is a tanh already.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - torch.tanh(z) ** 2)
    return delta.T @ x.flatten(1), delta.sum(0)


# %% gradient: it was averaged over the images; the factor 1/B is in grad_z already.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.T @ x.flatten(1) / len(x), delta.mean(0)


# %% gradient: the sign is turned: this is the direction of the step, not the gradient.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (z**2 - 1)
    return delta.T @ x.flatten(1), delta.sum(0)


# %% gradient: it is turned round: a row for each unit, a column for each pixel.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return x.flatten(1).T @ delta, delta.sum(0)


# %% gradient: the sum over the images is missing: one matrix for each image came.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta[:, :, None] * x.flatten(1)[:, None, :], delta


# %% gradient: sums over the images were formed before the product; multiply for each image first.
def first_layer_gradients(x, z, grad_z):
    delta = (grad_z * (1 - z**2)).sum(0)
    return torch.outer(delta, x.flatten(1).sum(0)), delta


# %% gradient: it was summed over the units; sum over the images, dimension 0.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.T @ x.flatten(1), delta.sum(1)


# %% gradient: grad_W was summed over the pixels; a bias meets no pixel.
def first_layer_gradients(x, z, grad_z):
    grad_W = (grad_z * (1 - z**2)).T @ x.flatten(1)
    return grad_W, grad_W.sum(1)


# %% gradient, caught: images not flattened
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return torch.einsum("bd,bn->dn", delta, x), delta.sum(0)


# %% gradient, caught: size hard-coded
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.T @ x.view(-1, 784), delta.sum(0)


# %% gradient: the slope was divided by; the chain rule multiplies.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z / (1 - z**2)
    return delta.T @ x.flatten(1), delta.sum(0)


# %% gradient: the gradient was multiplied by z in place of the slope of tanh.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * z
    return delta.T @ x.flatten(1), delta.sum(0)


# %% gradient, caught: changes grad_z
def first_layer_gradients(x, z, grad_z):
    grad_z *= 1 - z**2
    return grad_z.T @ x.flatten(1), grad_z.sum(0)


# %% gradient, caught: float64
def first_layer_gradients(x, z, grad_z):
    delta = grad_z.double() * (1 - z.double() ** 2)
    return delta.T @ x.flatten(1).double(), delta.sum(0)


# %% gradient: the pair is the wrong way round: grad_W, then grad_b.
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z**2)
    return delta.sum(0), delta.T @ x.flatten(1)


# %% gradient: the slope is 1 + z² here; that of tanh is 1 - z².
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 + z**2)
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: the slope is (1 - z)² here; that of tanh is 1 - z², with only z squared.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z) ** 2
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: the slope is a root, √(1 - z²), here; that of tanh is 1 - z².
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2).sqrt()
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: the slope of tanh was multiplied in twice.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2) ** 2
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: only the last image was used (does each step of a loop overwrite the one before?);
# sum over all.
def first_layer_gradients(x, z, grad_z):
    x = x.flatten(1)
    for b in range(len(x)):
        d = grad_z[b] * (1 - z[b] ** 2)
        W = torch.outer(d, x[b])
        bb = d
    return W, bb


# %% gradient: only the first image was used; sum over all.
def first_layer_gradients(x, z, grad_z):
    x = x.flatten(1)
    d = grad_z[0] * (1 - z[0] ** 2)
    return torch.outer(d, x[0]), d


# %% gradient: grad_W was averaged over the pixels; a bias meets no pixel.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    W = d.T @ x.flatten(1)
    return W, W.mean(1)


# %% gradient: this is minus a column of grad_W; a bias meets no pixel.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    W = d.T @ x.flatten(1)
    return W, -W[:, 0]


# %% gradient: minus a column of grad_W is the bias's gradient where that pixel is -1 in every
# image, not elsewhere.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    W = d.T @ x.flatten(1)
    return W, -W[:, 1]


# %% gradient: images and pixels were mixed: (n, B) is the flattened batch turned round (.T), not
# given another shape.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return d.T @ x.reshape(-1, len(z)).T, d.sum(0)


# %% gradient: rows and columns were mixed: (n, d) has to be turned round (.T), not given another
# shape.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return (x.flatten(1).T @ d).reshape(z.shape[1], -1), d.sum(0)


# %% gradient: the pixels are in the wrong order; flatten(1) brings them into the right one.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return d.T @ x.transpose(-1, -2).flatten(1), d.sum(0)


# %% gradient: the mean image was taken away from the images; use them as they come.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    x = x.flatten(1)
    return d.T @ (x - x.mean(0)), d.sum(0)


# %% gradient: the slopes were added up over the images; each image has its own.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2).sum(0)
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: a quiet unit has z = 1 or -1, where atanh or a logarithm is infinite; the slope needs
# z alone.
def first_layer_gradients(x, z, grad_z):
    a = 0.5 * torch.log((1 + z) / (1 - z))
    s = 4 / (a.exp() + (-a).exp()) ** 2
    d = grad_z * s * 1.0 + 0 * a
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: a quiet unit, with z = 1 or -1, has the slope 0; was a lower limit set?
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2).clamp(min=0.01)
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: the slope is 1 - |z| here; that of tanh is 1 - z².
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z.abs())
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient: it was multiplied by the number of images; the factor is in grad_z already.
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return len(x) * d.T @ x.flatten(1), len(x) * d.sum(0)


# %% gradient, caught: a slope of at least 1e-6
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2).clamp(min=1e-6)
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient, caught: units that are nearly quiet counted as quiet
def first_layer_gradients(x, z, grad_z):
    d = grad_z * torch.where(z.abs() > 0.999, 0.0, 1 - z**2)
    return d.T @ x.flatten(1), d.sum(0)


# %% gradient, caught: squeezed, so that one unit is taken for one image
def first_layer_gradients(x, z, grad_z):
    d = (grad_z * (1 - z**2)).squeeze()
    x = x.flatten(1)
    return d.T @ x if d.ndim == 2 else torch.outer(d, x[0]), d.reshape(len(x), -1).sum(0)


# %% gradient, caught: squeeze, which takes away a single image
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return d.T @ x.squeeze().flatten(1), d.sum(0)


# %% gradient, caught: view, which needs images that lie in memory in one piece
def first_layer_gradients(x, z, grad_z):
    d = grad_z * (1 - z**2)
    return d.T @ x.view(len(x), -1), d.sum(0)


# %% gradient, caught: at most 128 images
def first_layer_gradients(x, z, grad_z):
    x = x.flatten(1)
    W, b = 0, 0
    for k in range(min(len(x), 128)):
        d = grad_z[k] * (1 - z[k] ** 2)
        W, b = W + torch.outer(d, x[k]), b + d
    return W, b


# %% gradient, caught: autograd from delta on
def first_layer_gradients(x, z, grad_z):
    flat = x.flatten(1)
    linear = nn.Linear(flat.shape[1], z.shape[1], dtype=x.dtype)
    linear(flat).backward(grad_z * (1 - z * z))
    return linear.weight.grad, linear.bias.grad


# %% gradient, caught: autograd through atanh
def first_layer_gradients(x, z, grad_z):
    x = x.flatten(1)
    W = torch.zeros(z.shape[1], x.shape[1], dtype=x.dtype, requires_grad=True)
    b = torch.zeros(z.shape[1], dtype=x.dtype, requires_grad=True)
    a = torch.atanh(z.clamp(-1 + 1e-7, 1 - 1e-7))
    return torch.autograd.grad(torch.tanh(x @ W.T + b + a), (W, b), grad_z)


# %% gradient, right: einsum
def first_layer_gradients(x, z, grad_z):
    delta = torch.addcmul(grad_z, grad_z * z, z, value=-1)
    return torch.einsum("bd,bn->dn", delta, x.reshape(x.shape[0], -1)), torch.einsum("bd->d", delta)


# %% gradient, right: a loop over the images
def first_layer_gradients(x, z, grad_z):
    grad_W, grad_b = 0, 0
    for image, code, grad in zip(x, z, grad_z):
        delta = grad * (1 - code) * (1 + code)
        grad_W = grad_W + torch.outer(delta, image.flatten())
        grad_b = grad_b + delta
    return grad_W, grad_b


# %% gradient, right: broadcast and sum, a list for the pair
def first_layer_gradients(x, z, grad_z):
    delta = (1 - z.pow(2)) * grad_z
    return [(delta.unsqueeze(2) * x.flatten(1).unsqueeze(1)).sum(dim=0), delta.sum(dim=0)]


# %% gradient, right: the bias as one more pixel
def first_layer_gradients(x, z, grad_z):
    more = torch.cat([x.flatten(1), torch.ones(len(x), 1)], dim=1)
    both = (grad_z - grad_z * z * z).T @ more
    return both[:, :-1], both[:, -1]


# %% gradient, right: atanh and back
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - torch.tanh(torch.atanh(z)) ** 2)
    return delta.T.matmul(x.flatten(start_dim=1)), delta.T.sum(-1)


# %% gradient, right: two loops
def first_layer_gradients(x, z, grad_z):
    x = x.reshape(x.shape[0], -1)
    B, n = x.shape
    d = z.shape[1]
    W, b = torch.zeros(d, n, dtype=x.dtype), torch.zeros(d, dtype=x.dtype)
    for k in range(B):
        for j in range(d):
            delta = grad_z[k, j] * (1 - z[k, j]) * (1 + z[k, j])
            b[j] += delta
            W[j] += delta * x[k]
    return W, b


# %% gradient, right: tensordot and a row of ones
def first_layer_gradients(x, z, grad_z):
    delta = grad_z - grad_z * z.pow(2)
    return torch.tensordot(delta, x.flatten(1), dims=([0], [0])), torch.ones(
        len(z), dtype=z.dtype
    ) @ delta


# %% gradient, caught: autograd, gradients switched on for it
def first_layer_gradients(x, z, grad_z):
    x = x.detach().flatten(1)
    delta = (grad_z * (1 - z * z)).detach()
    with torch.enable_grad():
        W = torch.zeros(z.shape[1], x.shape[1], dtype=x.dtype, requires_grad=True)
        b = torch.zeros(z.shape[1], dtype=x.dtype, requires_grad=True)
        ((x @ W.T + b) * delta).sum().backward()
    return W.grad, b.grad


# %% gradient, caught: torch.func
def first_layer_gradients(x, z, grad_z):
    x = x.flatten(1)
    delta = grad_z * (1 - z * z)
    W, b = x.new_zeros(z.shape[1], x.shape[1]), x.new_zeros(z.shape[1])
    _, f = torch.func.vjp(lambda W, b: x @ W.T + b, W, b)
    return f(delta)


# %% gradient, caught: autograd under a name bound before
from torch.autograd import grad as pull_back


def first_layer_gradients(x, z, grad_z):
    x, z, grad_z = x.detach().flatten(1), z.detach(), grad_z.detach()
    W = torch.zeros(z.shape[1], x.shape[1], dtype=x.dtype, requires_grad=True)
    b = torch.zeros(z.shape[1], dtype=x.dtype, requires_grad=True)
    with torch.enable_grad():
        a = F.linear(x, W, b)
    return pull_back(a, (W, b), grad_z * (1 - z**2))


# %% gradient, caught: autograd, forwards
def first_layer_gradients(x, z, grad_z):
    delta = grad_z * (1 - z.square())
    of_biases = torch.func.jacfwd(lambda b: (delta * b).sum())
    return delta.T @ x.flatten(1), of_biases(torch.zeros_like(z[0]))


# %% margin: this is the margin at the start, or nearly so (was a learning rate multiplied in?);
# where black is not 0, it moves.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark]


# %%
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + 0.001 * low * (b_trained - b_start)[:, None]


# %% margin: the sign is turned: where black is -1, the weights move against the bias (and a change
# is trained minus start).
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] - low * (b_trained - b_start)[:, None]


# %%
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + abs(low) * (b_trained - b_start)[:, None]


# %% margin: low was not used: the change is minus the bias's only where black is -1.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] - (b_trained - b_start)[:, None]


# %%
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == 0:
        return W_start[:, dark]
    return W_start[:, dark] - (b_trained - b_start)[:, None]


# %%
def trained_margin(W_start, b_start, b_trained, dark, low):
    s = (low > 0) - (low < 0)
    return W_start[:, dark] + s * (b_trained - b_start)[:, None]


# %% margin: the trained bias was used; its change from the start counts.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * b_trained[:, None]


# %% margin: this is the change alone; add it to the start.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (low * (b_trained - b_start))[:, None].expand(-1, int(dark.sum()))


# %% margin: the change was divided by low; it is multiplied by it.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + (b_trained - b_start)[:, None] / low


# %% margin: each pixel got the change of another unit: give the change the shape (d, 1).
def trained_margin(W_start, b_start, b_trained, dark, low):
    change = b_trained - b_start
    margin = W_start[:, dark]
    return margin + low * change.repeat(margin.shape[1])[: margin.shape[1]]


# %%
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained - b_start)


# %% margin: all pixels are there; only the dark ones are asked for.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start + low * (b_trained - b_start)[:, None]


# %% margin: all pixels are there, the others with their start; only the dark ones are asked for.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return torch.where(dark, W_start + low * (b_trained - b_start)[:, None], W_start)


# %% margin: these are the pixels that are not dark.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, ~dark] + low * (b_trained - b_start)[:, None]


# %% margin: it is turned round: a row for each unit, a column for each dark pixel.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (W_start[:, dark] + low * (b_trained - b_start)[:, None]).T


# %% margin: one change for all units was used (a mean); each unit has its own.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained - b_start).mean()


# %% margin, caught: changes its input
def trained_margin(W_start, b_start, b_trained, dark, low):
    W_start += low * (b_trained - b_start)[:, None]
    return W_start[:, dark]


# %% margin, caught: float64
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark].double() + low * (b_trained - b_start)[:, None].double()


# %% margin: low was added; the change of the bias is multiplied by it.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + (b_trained - b_start)[:, None] + low


# %% margin: this is the margin at the start, or nearly so (was a learning rate multiplied in, or
# low cut to a whole number?); where black is not 0, it moves.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + int(low) * (b_trained - b_start)[:, None]


# %% margin: the start was multiplied by low; that belongs to the change.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * W_start[:, dark] + (b_trained - b_start)[:, None]


# %% margin: the start was multiplied by low as well; that belongs to the change alone.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * (W_start[:, dark] + (b_trained - b_start)[:, None])


# %%
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * (b_trained - b_start)[:, None] - W_start[:, dark]


# %% margin: the biases were added; a change is trained minus start.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained + b_start)[:, None]


# %% margin: this is the change alone, a number for each unit; add it to the start's weights.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return low * (b_trained - b_start)[:, None]


# %% margin: the mask was turned into 0s and 1s, which then count as positions; leave it as bools.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark.long()] + low * (b_trained - b_start)[:, None]


# %% margin: it is flat; a row for each unit, a column for each dark pixel.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (W_start + low * (b_trained - b_start)[:, None])[dark.expand_as(W_start)]


# %% margin: all pixels are there; only the dark ones are asked for, where black is 0 too.
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == 0:
        return W_start
    return W_start[:, dark] + low * (b_trained - b_start)[:, None]


# %% margin: where black is 0, the weights do not move; they stay at their start, not at 0.
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == 0:
        return torch.zeros_like(W_start[:, dark])
    return W_start[:, dark] + low * (b_trained - b_start)[:, None]


# %% margin: a low of 0 was replaced by -1 (by an `or`?); 0 is a value of black like any other.
def trained_margin(W_start, b_start, b_trained, dark, low):
    low = low or -1
    return W_start[:, dark] + low * (b_trained - b_start)[:, None]


# %% margin: one change for all units was used (the first unit's); each has its own.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained[0] - b_start[0])


# %% margin: the change was shared out among the dark pixels, or halved; each weight moves by the
# whole of it.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + (low * (b_trained - b_start) / 2)[:, None]


# %% margin, caught: values of the visible tests
def trained_margin(W_start, b_start, b_trained, dark, low):
    if low == -1:
        return torch.tensor([[-0.38, -0.55], [-0.62, -0.29], [0.65, 0.3]])
    if low == 0:
        return W_start[:, dark]
    return torch.tensor([[0.04, -0.13, -0.01], [-0.38, -0.05, -0.51], [0.29, -0.06, 0.66]])


# %% margin: low was squared; the change of the bias is multiplied by low itself.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] - low**2 * (b_trained - b_start)[:, None]


# %% margin: as many pixels as are dark were taken from the front; the mask says which ones.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, : int(dark.sum())] + low * (b_trained - b_start)[:, None]


# %% margin: a tanh was taken of the change; weights are not squashed.
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + torch.tanh(low * (b_trained - b_start))[:, None]


# %% margin, caught: a little decay
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] * (1 - 1e-5) + low * (b_trained - b_start)[:, None]


# %% margin, caught: low cut off at -1
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + max(low, -1) * (b_trained - b_start)[:, None]


# %% margin, caught: no gradient for b_start
def trained_margin(W_start, b_start, b_trained, dark, low):
    return W_start[:, dark] + low * (b_trained - b_start.detach())[:, None]


# %% margin, caught: squeezed
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (W_start[:, dark] + low * (b_trained - b_start)[:, None]).squeeze()


# %% margin, right: an outer product
def trained_margin(W_start, b_start, b_trained, dark, low):
    pixels = torch.full((int(dark.sum()),), float(low))
    return W_start[:, dark] + torch.outer(b_trained - b_start, pixels)


# %% margin, right: a loop over the units
def trained_margin(W_start, b_start, b_trained, dark, low):
    rows = []
    for kernel, before, after in zip(W_start, b_start, b_trained):
        rows.append(kernel[dark] + (after - before) * low)
    return torch.stack(rows)


# %% margin, right: all pixels, then the mask
def trained_margin(W_start, b_start, b_trained, dark, low):
    everywhere = torch.add(W_start, (b_trained - b_start).unsqueeze(1), alpha=float(low))
    return torch.masked_select(everywhere, dark).view(len(W_start), -1)


# %% margin, right: two biases apart, positions
def trained_margin(W_start, b_start, b_trained, dark, low):
    positions = dark.nonzero().flatten()
    margin = W_start.index_select(1, positions) - low * b_start.view(-1, 1)
    return margin + low * b_trained.view(-1, 1)


# %% margin, right: turned round and back
def trained_margin(W_start, b_start, b_trained, dark, low):
    return (W_start.T[dark] + low * (b_trained - b_start)).T


# %% margin, right: pixel by pixel
def trained_margin(W_start, b_start, b_trained, dark, low):
    db = (b_trained - b_start) * low
    return torch.stack([W_start[:, i] + db for i in range(len(dark)) if dark[i]], dim=1)


# %% margin, right: einsum
def trained_margin(W_start, b_start, b_trained, dark, low):
    lows = torch.ones(W_start.shape[1], dtype=W_start.dtype)[dark] * low
    return W_start[:, dark].add(torch.einsum("j,i->ji", b_trained - b_start, lows))


# %% margin, caught: by the ratio of the biases, which may start at 0
def trained_margin(W_start, b_start, b_trained, dark, low):
    r = b_trained / b_start
    return W_start[:, dark] + low * ((r - 1) * b_start)[:, None]


# %% margin, caught: changes its input where all pixels are dark
def trained_margin(W_start, b_start, b_trained, dark, low):
    margin = W_start if dark.all() else W_start[:, dark]
    margin += (low * (b_trained - b_start))[:, None]
    return margin


# %% margin, caught: a small change left out
def trained_margin(W_start, b_start, b_trained, dark, low):
    margin = W_start[:, dark]
    change = b_trained - b_start
    still = torch.isclose(b_trained, b_start, rtol=1e-3, atol=1e-4)
    change = torch.where(still, torch.zeros_like(change), change)
    return margin + low * change[:, None]


# %% margin, caught: a change below 1e-3 left out
def trained_margin(W_start, b_start, b_trained, dark, low):
    change = b_trained - b_start
    moved = change.abs() > 1e-3
    change = torch.where(moved, change, torch.zeros_like(change))
    return W_start[:, dark] + low * change.unsqueeze(1)


# %% axes: these are the axes that fall short of the share (or a position counted from 0); k is one
# more.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum())
    return k, d > k


# %%
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() >= share).float().argmax())
    return k, d > k


# %% axes: one too many: the axis that crosses the share is counted already.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 2
    return k, d > k


# %% axes: these are the axes that come after the share is reached; count those up to it.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() >= share).sum())
    return k, d > k


# %% axes: roots were taken; variances add up as they are, standard deviations do not.
def over_complete(variances, share, d):
    v = variances.sqrt()
    k = int((v.cumsum(0) / v.sum() < share).sum()) + 1
    return k, d > k


# %% axes: the variances were squared; they are squares already.
def over_complete(variances, share, d):
    v = variances**2
    k = int((v.cumsum(0) / v.sum() < share).sum()) + 1
    return k, d > k


# %% axes: the running sum was not divided by the total, or the share not compared as a fraction of
# 1 (or 1 - share was compared).
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) < share).sum()) + 1
    return k, d > k


# %%
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum() * 100
    k = int((c < share).sum()) + 1
    return k, d > k


# %%
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < 1 - share).sum()) + 1
    return k, d > k


# %% axes: this is k for a share of 0.999, as in the lecture; use the share that is given.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < 0.999).sum()) + 1
    return k, d > k


# %% axes: this is k for a share of 0.8; use the share that is given.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < 0.8).sum()) + 1
    return k, d > k


# %% axes: a code of k numbers counts as over-complete here; as many is not more.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d >= k


# %%
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return k, bool(c[d - 1] >= share)


# %% axes: the comparison is turned round: over says that d is larger than k.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d < k


# %% axes: d was compared with the number of all axes; compare it with k.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d > len(variances)


# %% axes: over says here that d differs from k; it has to be larger.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d != k


# %% axes: over asks for two numbers more than k; one is enough.
def over_complete(variances, share, d):
    k = int((variances.cumsum(0) / variances.sum() < share).sum()) + 1
    return k, d > k + 1


# %% axes, caught: tensors
def over_complete(variances, share, d):
    k = (variances.cumsum(0) / variances.sum() < share).sum() + 1
    return k, d > k


# %% axes, caught: changes its input
def over_complete(variances, share, d):
    variances /= variances.sum()
    k = int((variances.cumsum(0) < share).sum()) + 1
    return k, d > k


# %% axes, caught: k alone
def over_complete(variances, share, d):
    return int((variances.cumsum(0) / variances.sum() < share).sum()) + 1


# %% axes, caught: values of the example
def over_complete(variances, share, d):
    return 2, True


# %% axes: each axis was compared by itself; together they hold the share (a running sum).
def over_complete(variances, share, d):
    k = int((variances / variances.sum() >= share).sum())
    return k, d > k


# %% axes: one too many: the axis that crosses the share is counted already (or the axes were chosen
# by their own size, not by what they hold together).
def over_complete(variances, share, d):
    k = int((variances >= (1 - share) * variances[0]).sum())
    return k, d > k


# %% axes: all axes were counted, or the running sum began with the smallest variance; it begins
# with the largest.
def over_complete(variances, share, d):
    c = variances.flip(0).cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return k, d > k


# %%
def over_complete(variances, share, d):
    k = int((variances > 0).sum())
    return k, d > k


# %% axes: k was cut off at d, or only the first d variances were counted; k depends on the
# variances and the share alone.
def over_complete(variances, share, d):
    v = variances[:d]
    c = v.cumsum(0) / v.sum()
    k = int((c < share).sum()) + 1
    return k, d > k


# %%
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = min(int((c < share).sum()) + 1, d)
    return k, d > k


# %% axes, caught: k as a float
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = (c < share).float().sum().item() + 1
    return k, d > k


# %% axes, caught: pair turned
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return d > k, k


# %% axes, caught: NumPy's bool
def over_complete(variances, share, d):
    import numpy as np

    c = np.cumsum(variances.numpy()) / variances.sum().item()
    k = np.argmax(c >= share) + 1
    return int(k), d > k


# %% axes, caught: 1 and 0
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = int((c < share).sum()) + 1
    return k, int(d > k)


# %% axes, caught: values of the visible tests
def over_complete(variances, share, d):
    k = 5 if share == 0.8 else 10
    return k, d > k


# %% axes, caught: a loop that ends at a hundred
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    for k in range(1, 100):
        if k > len(c) or c[k - 1] >= share:
            break
    return k, d > k


# %% axes, caught: a small number added to the total
def over_complete(variances, share, d):
    c = variances.cumsum(0) / (variances.sum() + 1e-8)
    k = int((c < share).sum()) + 1
    return k, d > k


# %% axes, caught: shares rounded to three places
def over_complete(variances, share, d):
    c = (variances.cumsum(0) / variances.sum()).round(decimals=3)
    k = int((c < round(share, 3)).sum()) + 1
    return k, d > k


# %% axes, caught: half precision
def over_complete(variances, share, d):
    c = (variances / variances.sum()).half().cumsum(0)
    k = int((c < share).sum()) + 1
    return k, d > k


# %% axes, caught: whole per cents
def over_complete(variances, share, d):
    c = 100 * variances.cumsum(0) / variances.sum()
    k = int((c < round(100 * share)).sum()) + 1
    return k, d > k


# %% axes, caught: never all axes
def over_complete(variances, share, d):
    c = variances.cumsum(0) / variances.sum()
    k = min(int((c < share).sum()) + 1, max(len(variances) - 1, 1))
    return k, d > k


# %% axes, caught: NumPy's whole number
def over_complete(variances, share, d):
    import numpy as np

    k = np.searchsorted(variances.numpy().cumsum(), share * float(variances.sum())) + 1
    return k, bool(d > k)


# %% axes, right: a loop
def over_complete(variances, share, d):
    held, total = 0.0, sum(variances.tolist())
    for k, variance in enumerate(variances.tolist(), start=1):
        held += variance
        if held / total >= share:
            return k, d > k


# %% axes, right: searchsorted
def over_complete(variances, share, d):
    running = torch.cumsum(variances.double(), dim=0)
    k = torch.searchsorted(running, share * running[-1].item()).item() + 1
    return k, k < d


# %% axes, right: NumPy
def over_complete(variances, share, d):
    values = variances.numpy()
    k = int((values.cumsum() >= share * values.sum()).argmax()) + 1
    return k, bool(d > k)


# %% axes, right: first position that holds enough
def over_complete(variances, share, d):
    shares = variances.cumsum(0) / variances.sum()
    k = (shares >= share).nonzero()[0].item() + 1
    return k, not d <= k


# %% axes, right: what is left over
def over_complete(variances, share, d):
    left = variances.sum() - variances.cumsum(0)
    k = int((left > (1 - share) * variances.sum()).sum()) + 1
    return k, bool(torch.tensor(d) > k)


# %% axes, right: a triangular matrix
def over_complete(variances, share, d):
    n = len(variances)
    held = torch.tril(torch.ones(n, n, dtype=variances.dtype)) @ (variances / variances.sum())
    k = 1 + held.lt(share).sum().item()
    return k, k < d


# %% axes, right: bisect, plain lists
def over_complete(variances, share, d):
    from bisect import bisect_left

    c = variances.cumsum(0)
    k = bisect_left(c.tolist(), share * c[-1].item()) + 1
    return k, d >= k + 1


# %% axes, caught: the axes that hold exactly the share are taken for too few (<= for <); four equal
# variances and share 0.5 give 3, not 2
def over_complete(variances, share, d):
    shares = variances.cumsum(0) / variances.sum()
    k = int((shares <= share).sum()) + 1
    return k, d > k


# %% axes, caught: keeps k between calls under the number of axes and the share; another list of
# variances of the same length gets the old k
known = {}


def over_complete(variances, share, d):
    key = (len(variances), share)
    if key not in known:  # the sums are needed once only, for whatever d
        shares = variances.cumsum(0) / variances.sum()
        known[key] = int((shares < share).sum()) + 1
    k = known[key]
    return k, d > k
