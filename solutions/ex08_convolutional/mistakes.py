# Answers to set 08, wrong and right. classwork/tabulate.py says how they are written.

# %% back: that is the encoder's order; the decoder undoes the last layer first.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s + 1
    return out


# %% back: each layer was given the image's size; the second begins with what the first made.
def way_back(n, layers):
    return [(n + 2 * p - k) % s for k, s, p in reversed(layers)]


# %% back: the sizes were followed through the layers from the last to the first; the image meets
# the first one first.
def way_back(n, layers):
    out = []
    for k, s, p in reversed(layers):
        out.append((n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s + 1
    return out


# %%
def way_back(n, layers):
    out = []
    for k, s, p in layers[::-1]:
        m = (n + 2 * p - k) // s + 1
        out.append(n - ((m - 1) * s + k - 2 * p))
        n = m
    return out


# %% back: 0 is right only where the stride left no pixels over.
def way_back(n, layers):
    return [0 for _ in layers]


# %%
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        m = (n + 2 * p - k) / s + 1
        out.append(int(n - ((m - 1) * s + k - 2 * p)))
        n = int(m)
    return out[::-1]


# %% back: 1 wherever the stride is more than 1; how many pixels are left over depends on n, k and
# p.
def way_back(n, layers):
    return [int(s > 1) for k, s, p in reversed(layers)]


# %% back: s - 1 is the most that the rounding can cut off; here it may be fewer.
def way_back(n, layers):
    return [s - 1 for k, s, p in reversed(layers)]


# %% back: so many pixels are missing for one more place of the kernel; how many are left over?
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append(s - (n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s + 1
    return out[::-1]


# %%
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append(-(n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s + 1
    return out[::-1]


# %% back: the padding is missing.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n - k) % s)
        n = (n - k) // s + 1
    return out[::-1]


# %% back: the padding was counted on one side; it lies on both.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n + p - k) % s)
        n = (n + p - k) // s + 1
    return out[::-1]


# %% back: the remainder of n alone; the padding and the kernel matter too.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append(n % s)
        n = (n + 2 * p - k) // s + 1
    return out[::-1]


# %% back: these are the sizes on the way down.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        n = (n + 2 * p - k) // s + 1
        out.append(n)
    return out[::-1]


# %% back: these are the sizes without an output_padding; what is missing from there is asked for.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        n = (n + 2 * p - k) // s + 1
        out.append((n - 1) * s + k - 2 * p)
    return out[::-1]


# %% back: the sign: the wanted size minus that without an output_padding.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        m = (n + 2 * p - k) // s + 1
        out.append((m - 1) * s + k - 2 * p - n)
        n = m
    return out[::-1]


# %% back: this is 1 where n is even and 0 where it is odd, which is right for k = 3, s = 2, p = 1
# alone.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append(1 - n % 2)
        n = (n + 2 * p - k) // s + 1
    return out[::-1]


# %% back: at most 1 was allowed; with a stride of s, up to s - 1 pixels can be left over.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append(min((n + 2 * p - k) % s, 1))
        n = (n + 2 * p - k) // s + 1
    return out[::-1]


# %% back: the size that goes into the next layer lacks its + 1: the kernel's first place counts
# too.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s
    return out[::-1]


# %% back: the size that goes into the next layer was rounded up; the kernel lies only where all of
# it fits.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n + 2 * p - k) % s)
        n = -(-(n + 2 * p - k) // s) + 1
    return out[::-1]


# %% back: the next layer was taken to begin with n // s pixels; its size depends on k and p as
# well.
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n + 2 * p - k) % s)
        n = n // s
    return out[::-1]


# %% back, caught: empties the list of layers
def way_back(n, layers):
    out = []
    while layers:
        k, s, p = layers.pop(0)
        out.append((n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s + 1
    return out[::-1]


# %% back, caught: turns the list round in place
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s + 1
    layers.reverse()
    return out[::-1]


# %% back, caught: the first layer alone
def way_back(n, layers):
    k, s, p = layers[0]
    return [(n + 2 * p - k) % s]


# %% back, caught: an int in place of a list
def way_back(n, layers):
    for k, s, p in layers:
        left, n = (n + 2 * p - k) % s, (n + 2 * p - k) // s + 1
    return left


# %% back, caught: floats
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append(float((n + 2 * p - k) % s))
        n = (n + 2 * p - k) // s + 1
    return out[::-1]


# %% back, caught: a tensor
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.append((n + 2 * p - k) % s)
        n = (n + 2 * p - k) // s + 1
    return torch.tensor(out[::-1])


# %% back, right: through both formulas, put in front
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        m = (n + 2 * p - k) // s + 1
        out.insert(0, n - ((m - 1) * s + k - 2 * p))
        n = m
    return out


# %% back, right: divmod
def way_back(n, layers):
    out = []
    for kernel, stride, padding in layers:
        places, left_over = divmod(n + 2 * padding - kernel, stride)
        out = [left_over] + out
        n = places + 1
    return out


# %% back, right: the sizes first, on the meta device
def way_back(n, layers):
    sizes, out = [n], []
    x = torch.empty(1, 1, n, device="meta")
    for k, s, p in layers:
        x = F.conv1d(x, torch.empty(1, 1, k, device="meta"), stride=s, padding=p)
        sizes.append(x.shape[-1])
    for i in range(len(layers) - 1, -1, -1):
        k, s, p = layers[i]
        out.append(sizes[i] - ((sizes[i + 1] - 1) * s + k - 2 * p))
    return out


# %% back, right: recursion
def way_back(n, layers):
    if not layers:
        return []
    (k, s, p), *rest = layers
    return way_back((n + 2 * p - k) // s + 1, rest) + [(n + 2 * p - k) % s]


# %% back, caught: stride 1 taken to keep the size
def way_back(n, layers):
    out = []
    for k, s, p in layers:
        out.insert(0, (n + 2 * p - k) % s)
        if s > 1:
            n = (n + 2 * p - k) // s + 1
    return out


# %% conv: the kernel was turned by half a turn; torch lays it down as it is.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 4)
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight.flip(2, 3)) + bias.view(-1, 1, 1)


# %% conv: the bias is missing.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 4)
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight)


# %% conv: the bias was added for each input channel; it is added once.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    y = 0
    for channel in range(x.shape[1]):
        y = (
            y
            + torch.einsum("bhwij,oij->bohw", patches[:, channel], weight[:, channel])
            + bias.view(-1, 1, 1)
        )
    return y


# %% conv: you averaged over the patch; add up.
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    x = F.pad(x, [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = x.new_zeros(B, O, rows, columns)
    for i in range(rows):
        for j in range(columns):
            patch = x[:, None, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight).mean((2, 3, 4)) + bias
    return y


# %% conv: only the first input channel was used.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bhwij,oij->bohw", patches[:, 0], weight[:, 0]) + bias.view(-1, 1, 1)


# %% conv: the stride is not used.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, 1).unfold(3, kw, 1)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: the stride is not used on the columns.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, 1)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: the padding is not used.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: the padding is with zeros; the pixels at the edge were repeated.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 4, mode="replicate") if padding else x
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: all the padding lies at the end; half of it belongs in front.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, (0, 2 * padding, 0, 2 * padding))
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: all images came out like the first one.
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    image = F.pad(x[0], [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = x.new_zeros(B, O, rows, columns)
    for i in range(rows):
        for j in range(columns):
            patch = image[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight).sum((1, 2, 3)) + bias
    return y


# %% conv: the stride is not used on the rows.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, 1).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: the padding is with zeros; the image was mirrored at its edge.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 4, mode="reflect") if padding else x
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: all the padding lies in front; half of it belongs at the end.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, (2 * padding, 0, 2 * padding, 0))
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: the padding lies at the end alone; it belongs on both sides.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, (0, padding, 0, padding)).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: only the columns were padded; F.pad begins with the last dimension, two numbers for each.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, (padding, padding)).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: the kernel's first place is the image's corner; you began one stride, or one pixel,
# later.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, 1).unfold(3, kw, 1)
    patches = patches[:, :, stride - 1 :: stride, stride - 1 :: stride]
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv: you averaged over the input channels; add up.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    y = torch.einsum("bchwij,ocij->bohw", patches, weight) / x.shape[1]
    return y + bias.view(-1, 1, 1)


# %% conv: each kernel's channels were added up before they met the image's; channel belongs to
# channel.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,oij->bohw", patches, weight.sum(1)) + bias.view(-1, 1, 1)


# %% conv: the bias was added before the padding's zeros, or to each product; it is added once, at
# the end.
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    y = torch.einsum("bchwij,ocij->bohw", patches, weight)
    return y + weight[0].numel() * bias.view(-1, 1, 1)


# %% conv, caught: torch's own
def convolve(x, weight, bias, stride=1, padding=0):
    return F.conv2d(x, weight, bias, stride, padding)


# %% conv, caught: torch's own module
def convolve(x, weight, bias, stride=1, padding=0):
    layer = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:], stride, padding)
    layer.weight.data, layer.bias.data = weight, bias
    return layer(x)


# %% conv, caught: padded channels
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 6)
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv, caught: bias along the columns
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias


# %% conv, caught: square kernels only
def convolve(x, weight, bias, stride=1, padding=0):
    k = weight.shape[2]
    patches = F.pad(x, [padding] * 4).unfold(2, k, stride).unfold(3, k, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv, caught: numbers taken out of the graph
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    x = F.pad(x, [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = x.new_zeros(B, O, rows, columns)
    for b in range(B):
        for o in range(O):
            for i in range(rows):
                for j in range(columns):
                    patch = x[b, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
                    y[b, o, i, j] = (patch * weight[o]).sum().item() + bias[o].item()
    return y


# %% conv, caught: bias detached
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.data.view(-1, 1, 1)


# %% conv, caught: float64
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride).double()
    return torch.einsum("bchwij,ocij->bohw", patches, weight.double()) + bias.view(-1, 1, 1)


# %% conv, caught: patches not put back
def convolve(x, weight, bias, stride=1, padding=0):
    columns = F.unfold(x, weight.shape[2:], stride=stride, padding=padding)
    return weight.flatten(1) @ columns + bias.view(-1, 1)


# %% conv, caught: changes the weights in place
def convolve(x, weight, bias, stride=1, padding=0):
    if not weight.requires_grad:
        weight *= 1.0001
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv, caught: torch's own conv2d where stride or padding is given
def convolve(x, weight, bias, stride=1, padding=0):
    if stride != 1 or padding != 0:
        return F.conv2d(x, weight, bias, stride, padding)
    kh, kw = weight.shape[2:]
    patches = x.unfold(2, kh, 1).unfold(3, kw, 1)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias[:, None, None]


# %% conv, caught: the kernel flattened by view: fails where it is not contiguous
def convolve(x, weight, bias, stride=1, padding=0):
    B, C, H, W = x.shape
    O, _, kh, kw = weight.shape
    columns = F.unfold(x, (kh, kw), padding=padding, stride=stride)
    h, w = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    return (weight.view(O, -1) @ columns + bias[:, None]).view(B, O, h, w)


# %% conv, caught: loops with a fixed dtype
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    x = F.pad(x, [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = torch.zeros(B, O, rows, columns)
    for i in range(rows):
        for j in range(columns):
            patch = x[:, None, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight).sum((2, 3, 4)) + bias
    return y


# %% conv, caught: other names for stride and padding
def convolve(x, weight, bias, s=1, p=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [p] * 4).unfold(2, kh, s).unfold(3, kw, s)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv, caught: torch.conv2d for a single channel
def convolve(x, weight, bias, stride=1, padding=0):
    if x.shape[1] == 1:
        return torch.conv2d(x, weight, bias, stride, padding)
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% conv, right: loops over the places
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    x = F.pad(x, [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = x.new_zeros(B, O, rows, columns)
    for i in range(rows):
        for j in range(columns):
            patch = x[:, None, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight).sum((2, 3, 4)) + bias
    return y


# %% conv, right: loops over the kernel
def convolve(x, weight, bias, stride=1, padding=0):
    x = F.pad(x, [padding] * 4)
    kh, kw = weight.shape[2:]
    rows, columns = (x.shape[2] - kh) // stride + 1, (x.shape[3] - kw) // stride + 1
    y = bias[None, :, None, None]
    for i in range(kh):
        for j in range(kw):
            part = x[:, :, i : i + rows * stride : stride, j : j + columns * stride : stride]
            part = part[:, :, :rows, :columns]
            y = y + torch.einsum("bchw,oc->bohw", part, weight[:, :, i, j])
    return y


# %% conv, right: unfold and a matrix
def convolve(x, weight, bias, stride=1, padding=0):
    columns = F.unfold(x, weight.shape[2:], stride=stride, padding=padding)
    y = weight.flatten(1) @ columns + bias[:, None]
    rows = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    return y.unflatten(2, (rows, -1))


# %% conv, right: unfold and F.linear
def convolve(x, weight, bias, stride=1, padding=0):
    O, C, kh, kw = weight.shape
    rows = (x.shape[2] + 2 * padding - kh) // stride + 1
    patches = F.unfold(x, (kh, kw), stride=stride, padding=padding).transpose(1, 2)
    return (
        F.linear(patches, weight.reshape(O, -1), bias).transpose(1, 2).reshape(len(x), O, rows, -1)
    )


# %% conv, right: every stride, then thinned out
def convolve(x, weight, bias, stride=1, padding=0):
    B, C, H, W = x.shape
    padded = x.new_zeros(B, C, H + 2 * padding, W + 2 * padding)
    padded[:, :, padding : padding + H, padding : padding + W] = x
    kh, kw = weight.shape[2:]
    patches = padded.unfold(2, kh, 1).unfold(3, kw, 1).permute(0, 2, 3, 1, 4, 5)
    y = torch.tensordot(patches, weight, dims=([3, 4, 5], [1, 2, 3])) + bias
    return y.permute(0, 3, 1, 2)[:, :, ::stride, ::stride]


# %% conv, caught: torch's own for strides above 2 and paddings above 1
def convolve(x, weight, bias, stride=1, padding=0):
    if stride > 2 or padding > 1:
        return F.conv2d(x, weight, bias, stride, padding)
    kh, kw = weight.shape[2:]
    x = F.pad(x, (padding,) * 4)
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)


# %% stamp: where stamps overlap, the last one replaced the others; add with +=.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] = one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp: where stamps overlap, they were averaged; they add up.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    count = x.new_zeros(out.shape[2:])
    for i in range(H):
        for j in range(W):
            rows, columns = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            out[:, :, rows, columns] += torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            count[rows, columns] += 1
    out = out / count.clamp(min=1)
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp: the kernel was turned by half a turn; it is stamped as it is.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight.flip(2, 3))
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp: only the first input channel was used.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("b,ohw->bohw", x[:, 0, i, j], weight[0])
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp: the stride is not used.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, H - 1 + kh, W - 1 + kw)
    for i in range(H):
        for j in range(W):
            out[:, :, i : i + kh, j : j + kw] += torch.einsum(
                "bc,cohw->bohw", x[:, :, i, j], weight
            )
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp: nothing was cut off.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out


# %% stamp: two rows and columns were cut off at the end, and none at the start.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = x.new_zeros(B, O, rows, columns)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, : rows - 2 * padding, : columns - 2 * padding]


# %% stamp: two rows and columns were cut off at the start, and none at the end.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, 2 * padding :, 2 * padding :]


# %% stamp: the end was not cut.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding:, padding:]


# %% stamp: the start was not cut.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, : out.shape[2] - padding, : out.shape[3] - padding]


# %% stamp: the columns were not cut.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding]


# %% stamp: half of the padding was cut off at each edge; all of it is, at each.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    a, b = padding // 2, padding - padding // 2
    return out[:, :, a : out.shape[2] - b, a : out.shape[3] - b]


# %% stamp: the input channels were averaged; add up.
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding] / C


# %% stamp, caught: torch's own
def stamp(x, weight, stride=1, padding=0):
    return F.conv_transpose2d(x, weight, stride=stride, padding=padding)


# %% stamp, caught: output channels first
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,ochw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp, caught: output too large
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, H * stride + kh, W * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp, caught: a slice from 0 to -0, which is empty
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding:-padding, padding:-padding]


# %% stamp, caught: the input padded
def stamp(x, weight, stride=1, padding=0):
    x = F.pad(x, [padding] * 4)
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out


# %% stamp, caught: an ordinary convolution
def stamp(x, weight, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [kw - 1, kw - 1, kh - 1, kh - 1]).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,coij->bohw", patches, weight)


# %% stamp, caught: no gradient
@torch.no_grad()
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = x.new_zeros(B, O, rows, columns)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : rows - padding, padding : columns - padding]


# %% stamp, caught: weight detached
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    spread = torch.einsum("bchw,coij->boijhw", x, weight.detach()).reshape(B, O * kh * kw, H * W)
    return F.fold(spread, (rows, columns), (kh, kw), stride=stride)[
        :, :, padding : rows - padding, padding : columns - padding
    ]


# %% stamp, caught: float64
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = torch.zeros(B, O, rows, columns, dtype=torch.float64)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : rows - padding, padding : columns - padding]


# %% stamp, caught: copied from the example
def stamp(x, weight, stride=1, padding=0):
    return torch.tensor([[[[2.0, 3.0, 24.0, 30.0, 40.0]]]])


# %% stamp, caught: torch's own conv_transpose2d where something is cut off
def stamp(x, weight, stride=1, padding=0):
    if padding:
        return F.conv_transpose2d(x, weight, stride=stride, padding=padding)
    (B, C, H, W), (O, kh, kw), s = x.shape, weight.shape[1:], stride
    out = x.new_zeros(B, O, (H - 1) * s + kh, (W - 1) * s + kw)
    for i in range(H):
        for j in range(W):
            out[:, :, i * s : i * s + kh, j * s : j * s + kw] += torch.einsum(
                "bc,cohw->bohw", x[:, :, i, j], weight
            )
    return out


# %% stamp, caught: view on the pixels: fails on images that are not contiguous
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (O, kh, kw), s, p = x.shape, weight.shape[1:], stride, padding
    size = ((H - 1) * s + kh - 2 * p, (W - 1) * s + kw - 2 * p)
    return F.fold(weight.view(C, -1).T @ x.view(B, C, H * W), size, (kh, kw), stride=s, padding=p)


# %% stamp, caught: other names for stride and padding
def stamp(x, weight, s=1, p=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    size = (H - 1) * s + kh - 2 * p, (W - 1) * s + kw - 2 * p
    return F.fold(weight.flatten(1).T @ x.flatten(2), size, (kh, kw), stride=s, padding=p)


# %% stamp, caught: a fixed dtype
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp, right: fold
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    size = (H - 1) * stride + kh - 2 * padding, (W - 1) * stride + kw - 2 * padding
    return F.fold(
        weight.flatten(1).T @ x.flatten(2), size, (kh, kw), stride=stride, padding=padding
    )


# %% stamp, right: loops over the kernel
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = x.new_zeros(B, O, rows, columns)
    for i in range(kh):
        for j in range(kw):
            part = torch.einsum("bchw,co->bohw", x, weight[:, :, i, j])
            out[
                :, :, i : i + (H - 1) * stride + 1 : stride, j : j + (W - 1) * stride + 1 : stride
            ] += part
    return out[:, :, padding : rows - padding, padding : columns - padding]


# %% stamp, right: zeros between, then a convolution by hand
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    spread = x.new_zeros(B, C, (H - 1) * stride + 1, (W - 1) * stride + 1)
    spread[:, :, ::stride, ::stride] = x
    spread = F.pad(spread, (kw - 1, kw - 1, kh - 1, kh - 1))
    patches = spread.unfold(2, kh, 1).unfold(3, kw, 1)
    out = torch.einsum("bchwij,coij->bohw", patches, weight.flip(2, 3))
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp, right: padded stamps, added up
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = 0
    for i in range(H):
        for j in range(W):
            one = (x[:, :, i, j, None, None, None] * weight).sum(1)
            around = (j * stride, (W - 1 - j) * stride, i * stride, (H - 1 - i) * stride)
            out = out + F.pad(one, around)
    return F.pad(out, [-padding] * 4)


# %% stamp, right: what the convolution sends backwards
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh - 2 * padding, (W - 1) * stride + kw - 2 * padding
    image = x.new_zeros(B, O, rows, columns, requires_grad=True)
    y = convolve(image, weight, x.new_zeros(C), stride, padding)
    return torch.autograd.grad(y, image, x, create_graph=True)[0]


# %% stamp, caught: leaves out pixels that are 0 in the whole batch, to save time; their gradient
# (not 0) is lost, on an image with black pixels
def stamp(x, weight, stride=1, padding=0):
    C, O, kh, kw = weight.shape
    B, _, H, W = x.shape
    out = x.new_zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            factor = x[:, :, i, j]
            if not factor.any():
                continue  # nothing to stamp
            one = (factor[:, :, None, None, None] * weight).sum(1)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]


# %% stamp, caught: torch's own for some strides and paddings
def stamp(x, weight, stride=1, padding=0):
    if padding > 1 or (padding and stride == 1):
        return F.conv_transpose2d(x, weight, stride=stride, padding=padding)
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    columns = torch.einsum("bchw,coij->boijhw", x, weight).reshape(B, O * kh * kw, H * W)
    size = ((H - 1) * stride + kh, (W - 1) * stride + kw)
    out = F.fold(columns, size, (kh, kw), stride=stride)
    return out[:, :, padding : size[0] - padding, padding : size[1] - padding]


# %% stamp, caught: the margin clipped at 0
def stamp(x, weight, stride=1, padding=0):
    B, C, H, W = x.shape
    kh, kw = weight.shape[2:]
    spread = x.new_zeros(B, C, (H - 1) * stride + 1, (W - 1) * stride + 1)
    spread[:, :, ::stride, ::stride] = x
    above = max(kh - 1 - padding, 0)
    beside = max(kw - 1 - padding, 0)
    spread = F.pad(spread, (beside, beside, above, above))
    patches = spread.unfold(2, kh, 1).unfold(3, kw, 1)
    return torch.einsum("bchwij,coij->bohw", patches, weight.flip(2, 3))


# %% count: this is the count along one side; the image has rows and columns.
def stamp_counts(n, k, s, p=0):
    counts = torch.zeros((n - 1) * s + k)
    for i in range(n):
        counts[i * s : i * s + k] += 1
    return counts[p : len(counts) - p]


# %% count: the counts along rows and columns were added; where two and two stamps meet there are
# four.
def stamp_counts(n, k, s, p=0):
    side = F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), stride=s, padding=p)[0, 0]
    return side[:, None] + side


# %% count: at most two were counted; where rows and columns overlap there are four.
def stamp_counts(n, k, s, p=0):
    side = F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), stride=s, padding=p)[0, 0]
    return torch.maximum(side[:, None], side)


# %% count: this says only whether a stamp falls there; count them.
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k
    out = torch.zeros(m, m)
    for i in range(0, n * s, s):
        for j in range(0, n * s, s):
            out[i : i + k, j : j + k] = 1
    return out[p : m - p, p : m - p]


# %% count: p was not cut off.
def stamp_counts(n, k, s, p=0):
    return F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s)[0, 0]


# %% count: p was cut off twice at one edge, and not at the other.
def stamp_counts(n, k, s, p=0):
    out = F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s)[0, 0]
    m = len(out) - 2 * p
    return out[:m, :m]


# %% count: the stamps are taken to lie n apart; they lie s apart.
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k
    out = torch.zeros(m, m)
    for i in range(n):
        for j in range(n):
            out[i * n : i * n + k, j * n : j * n + k] += 1
    return out[p : m - p, p : m - p]


# %% count: p was cut off at the start alone, and the end was kept.
def stamp_counts(n, k, s, p=0):
    out = F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s)[0, 0]
    return out[p:, p:]


# %% count: a row of stamps was counted, and only one; there are n rows of them.
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k
    side = torch.zeros(m)
    for i in range(n):
        side[i * s : i * s + k] += 1
    return side.repeat(m, 1)[p : m - p, p : m - p]


# %% count, caught: four dimensions
def stamp_counts(n, k, s, p=0):
    return F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=p)


# %% count, caught: a random kernel
def stamp_counts(n, k, s, p=0):
    layer = nn.ConvTranspose2d(1, 1, k, stride=s, padding=p)
    return layer(torch.ones(1, 1, n, n))[0, 0].detach()


# %% count, caught: a bias beside the ones
def stamp_counts(n, k, s, p=0):
    layer = nn.ConvTranspose2d(1, 1, k, stride=s, padding=p)
    nn.init.ones_(layer.weight)
    nn.init.ones_(layer.bias)
    return layer(torch.ones(1, 1, n, n))[0, 0].detach()


# %% count, caught: a convolution
def stamp_counts(n, k, s, p=0):
    return F.conv2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=k - 1)[0, 0]


# %% count, caught: lists
def stamp_counts(n, k, s, p=0):
    return F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=p)[
        0, 0
    ].tolist()


# %% count, caught: the pattern of 3 and 2 alone
def stamp_counts(n, k, s, p=0):
    side = torch.tensor([1.0, 1.0] + [2.0, 1.0] * (n - 1) + [1.0])
    return torch.outer(side, side)


# %% count, caught: squeezed: a single pixel has no dimensions left
def stamp_counts(n, k, s, p=0):
    return F.conv_transpose2d(
        torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=p
    ).squeeze()


# %% count, caught: uint8 overflows above 255
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k
    out = torch.zeros(m, m, dtype=torch.uint8)
    for i in range(n):
        for j in range(n):
            out[i * s : i * s + k, j * s : j * s + k] += 1
    return out[p : m - p, p : m - p]


# %% count: this says only whether a stamp falls there; count them.
def stamp_counts(n, k, s, p=0):
    return (
        F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=p)[
            0, 0
        ]
        > 0
    )


# %% count, right: with stamp
def stamp_counts(n, k, s, p=0):
    return stamp(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), s, p)[0, 0]


# %% count, right: outer product, whole numbers
def stamp_counts(n, k, s, p=0):
    place = torch.arange(p, (n - 1) * s + k - p)
    start = torch.arange(n) * s
    side = ((place[:, None] >= start) & (place[:, None] < start + k)).sum(1)
    return side[:, None] * side[None, :]


# %% count, right: four loops
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k
    out = torch.zeros(m, m, dtype=torch.long)
    for i in range(n):
        for j in range(n):
            out[i * s : i * s + k, j * s : j * s + k] += 1
    return out[p : m - p, p : m - p]


# %% count, right: fold
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k - 2 * p
    return (
        F.fold(torch.ones(1, k * k, n * n), (m, m), k, stride=s, padding=p)
        .squeeze()[None]
        .view(m, m)
    )


# %% count, right: numpy
def stamp_counts(n, k, s, p=0):
    import numpy as np

    out = np.zeros(((n - 1) * s + k,) * 2)
    for i, j in np.ndindex(n, n):
        out[i * s : i * s + k, j * s : j * s + k] += 1
    return torch.from_numpy(out[p : len(out) - p, p : len(out) - p].copy())


# %% count, right: a layer with ones
def stamp_counts(n, k, s, p=0):
    layer = nn.ConvTranspose2d(1, 1, k, s, p, bias=False)
    with torch.no_grad():
        layer.weight.fill_(1)
        return layer(torch.ones(1, 1, n, n))[0, 0]


# %% count, right: a layer with ones, with the graph
def stamp_counts(n, k, s, p=0):
    layer = nn.ConvTranspose2d(1, 1, k, s, p, bias=False)
    nn.init.ones_(layer.weight)
    return layer(torch.ones(1, 1, n, n))[0, 0]


# %% count, caught: a negative end of a slice
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k - 2 * p
    counts = torch.zeros(m, m)
    for i in range(n):
        for j in range(n):
            top, left = i * s - p, j * s - p
            counts[max(top, 0) : top + k, max(left, 0) : left + k] += 1
    return counts


# %% rival: it was rounded up; at most as many parameters as the rival's are allowed.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return -((n + d - budget) // (2 * n + 2 * d + 2))


# %% rival: the biases of the code and of the output, d and n of them, are missing.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return budget // (2 * n + 2 * d + 2)


# %% rival: it was rounded to the nearest; at most as many parameters as the rival's are allowed.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return round((budget - n - d) / (2 * n + 2 * d + 2))


# %% rival: the biases of the dense model are missing.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return budget // (2 * n + 2 * d)


# %% rival: the biases of the two hidden layers are missing.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - n - d) // (2 * n + 2 * d)


# %% rival: only one half of the dense model was counted; encoder and decoder share the parameters.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - d) // (n + d + 1)


# %% rival: the rival's biases were not counted.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters() if p.ndim > 1)
    return (budget - n - d) // (2 * n + 2 * d + 2)


# %% rival: the rival's tensors were counted, not the numbers in them.
def fair_width(rival, n, d):
    budget = len(list(rival.parameters()))
    return max(1, (budget - n - d) // (2 * n + 2 * d + 2))


# %% rival: this is not rounded down.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - n - d) / (2 * n + 2 * d + 2)


# %% rival: this is the number of the rival's parameters; the width is asked for.
def fair_width(rival, n, d):
    return sum(p.numel() for p in rival.parameters())


# %% rival: the rival's layers were picked by their kind; rival.parameters() has all of them, and
# each once.
def fair_width(rival, n, d):
    budget = sum(
        p.numel()
        for m in rival.modules()
        if isinstance(m, (nn.Linear, nn.Conv2d))
        for p in m.parameters()
    )
    return (budget - n - d) // (2 * n + 2 * d + 2)


# %% rival: the biases were left out, the rival's and the dense model's; all of them count.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters() if p.ndim > 1)
    return budget // (2 * n + 2 * d)


# %% rival: three layers were counted, n → h → d → n; the decoder has a hidden layer too.
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - d - n - d * n) // (n + d + 1)


# %% rival, caught: a float
def fair_width(rival, n, d):
    import math

    budget = sum(p.numel() for p in rival.parameters())
    return float(math.floor((budget - n - d) / (2 * n + 2 * d + 2)))


# %% rival, caught: strictly fewer
def fair_width(rival, n, d):
    budget, h = sum(p.numel() for p in rival.parameters()), 0
    while (h + 1) * (2 * n + 2 * d + 2) + n + d < budget:
        h += 1
    return h


# %% rival, caught: the example
def fair_width(rival, n, d):
    return 97


# %% rival, caught: frozen parameters of the rival are not counted
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters() if p.requires_grad)
    return (budget - n - d) // (2 * n + 2 * d + 2)


# %% rival, caught: buffers (state_dict) are counted as parameters
def fair_width(rival, n, d):
    budget = sum(v.numel() for v in rival.state_dict().values())
    return (budget - n - d) // (2 * n + 2 * d + 2)


# %% rival, caught: search stops at 100
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return max(h for h in range(1, 100) if h * (2 * n + 2 * d + 2) + n + d <= budget)


# %% rival, caught: only the rival's children are counted, not its own parameters
def fair_width(rival, n, d):
    budget = sum(p.numel() for child in rival.children() for p in child.parameters())
    return (budget - n - d) // (2 * n + 2 * d + 2)


# %% rival, caught: a shared layer is counted twice
def fair_width(rival, n, d):
    budget = sum(p.numel() for name, p in rival.named_parameters(remove_duplicate=False))
    return (budget - n - d) // (2 * n + 2 * d + 2)


# %% rival, caught: freezes the rival on the way
def fair_width(rival, n, d):
    rival.requires_grad_(False)
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - n - d) // (2 * n + 2 * d + 2)


# %% rival, caught: the example's inputs and code
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - 800) // 1602


# %% rival, right: tried out
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    h = 0
    while (
        n * (h + 1) + (h + 1) + (h + 1) * d + d + d * (h + 1) + (h + 1) + (h + 1) * n + n <= budget
    ):
        h += 1
    return h


# %% rival, right: built on the meta device
def fair_width(rival, n, d):
    def count(model):
        return sum(p.numel() for p in model.parameters())

    def dense(h):
        with torch.device("meta"):
            return nn.Sequential(nn.Linear(n, h), nn.Linear(h, d), nn.Linear(d, h), nn.Linear(h, n))

    least, each = count(dense(1)), count(dense(2)) - count(dense(1))
    return 1 + (count(rival) - least) // each


# %% rival, right: a vector of all parameters, math.floor
def fair_width(rival, n, d):
    import math

    budget = torch.nn.utils.parameters_to_vector(rival.parameters()).numel()
    return math.floor((budget - (n + d)) / (2 * (n + d + 1)))


# %% rival, right: shapes multiplied
def fair_width(rival, n, d):
    import math

    budget = sum(math.prod(p.shape) for p in rival.parameters())
    return (budget - n - d) // (2 * (n + d) + 2)


# %% rival, caught: the d biases of the code are missing in the rest; one too wide where fewer than
# d parameters are lacking for the next h
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - n) // (2 * n + 2 * d + 2)


# %% rival, caught: search stops at 1,000
def fair_width(rival, n, d):
    budget, h = sum(p.numel() for p in rival.parameters()), 0
    for h in range(1, 1001):
        if 2 * n * h + 2 * h * d + 2 * h + n + d > budget:
            return h - 1
    return h


# %% rival, caught: a matrix that two layers share counts twice
def fair_width(rival, n, d):
    budget = 0
    for module in rival.modules():
        for p in module.parameters(recurse=False):
            budget += p.numel()

    def size(h):
        return (n * h + h) + (h * d + d) + (d * h + h) + (h * n + n)

    h = 1
    while size(h + 1) <= budget:
        h += 1
    return h


# %% model: the sigmoid at the end is missing.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: there is a ReLU after the linear layer; a code may be negative.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
            nn.ReLU(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: pixels were blended (bilinear); repeat them.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: each step convolves first and then enlarges; enlarge first.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.Upsample(scale_factor=2),
            nn.ReLU(),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Upsample(scale_factor=2),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the ReLU after the linear layer is missing.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: both ReLUs are missing.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: there is a tanh after the linear layer; the code comes as it is.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
            nn.Tanh(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: there is a sigmoid after the linear layer; the code comes as it is.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
            nn.Sigmoid(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the first ReLU is missing.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the second ReLU is missing.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: tanh in place of ReLU.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.Tanh(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.Tanh(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the encoder's ReLUs are leaky; nn.ReLU is asked for.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.LeakyReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.LeakyReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: there is a ReLU before the sigmoid: no pixel can be darker than 0.5.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.ReLU(),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: there is a tanh at the end, in place of the sigmoid.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the ReLU between the convolutions is missing.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: the padding on the way up is not with zeros; it is as by default.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1, padding_mode="replicate"),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1, padding_mode="replicate"),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model: a layer with stride 1 and a pooling were taken; the convolution itself has stride 2.
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: stamps in the decoder
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.ConvTranspose2d(2 * c, c, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(c, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: the lecture's numbers written in
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 64 * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (64, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(64, 32, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(32, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: no padding on the way up
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: no biases in the convolutions
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1, bias=False),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1, bias=False),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: reshaped with one image
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(0),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: forward stops at the code
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.encoder(x)


# %% model, caught: code detached
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x).detach())


# %% model, caught: halves in a plain list
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = [
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        ]
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        for layer in self.encoder:
            x = layer(x)
        return self.decoder(x)


# %% model, caught: black and white in evaluation mode
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        x_hat = self.decoder(self.encoder(x))
        return x_hat if self.training else (x_hat > 0.5).float()


# %% model, caught: batch normalisation
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.BatchNorm2d(c),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: dropout on the code
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
            nn.Dropout(0.2),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: a parameter beside the layers
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: enlarged by 4 at once
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=4),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: forward encodes twice, by a fixed batch
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x)).view(5, 1, 28, 28)


# %% model, right: lazy layers of its own, in modules
class Encoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.code = nn.Linear(98 * c, d)
        self.second = nn.Conv2d(c, 2 * c, (3, 3), (2, 2), 1)
        self.first = nn.Conv2d(1, c, (3, 3), (2, 2), 1)

    def forward(self, x):
        x = torch.relu(self.first(x))
        x = torch.relu(self.second(x))
        return self.code(x.reshape(x.shape[0], -1))


class Decoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.c = c
        self.spread = nn.Linear(d, 98 * c)
        self.first = nn.Conv2d(2 * c, c, 3, padding="same")
        self.second = nn.Conv2d(c, 1, 3, padding="same")

    def forward(self, z):
        h = F.relu(self.spread(z)).reshape(-1, 2 * self.c, 7, 7)
        h = F.relu(self.first(F.interpolate(h, scale_factor=2, mode="nearest")))
        return self.second(F.interpolate(h, size=28)).sigmoid()


class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder, self.decoder = Encoder(d, c), Decoder(d, c)

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, right: steps in small blocks
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()

        def down(a, b):
            return nn.Sequential(nn.Conv2d(a, b, 3, 2, 1), nn.ReLU(inplace=True))

        def up(a, b, end):
            return nn.Sequential(
                nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(a, b, 3, 1, 1), end
            )

        self.encoder = nn.Sequential(
            down(1, c), down(c, 2 * c), nn.Flatten(), nn.Linear(2 * c * 49, d)
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 49),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            up(2 * c, c, nn.ReLU()),
            up(c, 1, nn.Sigmoid()),
        )

    def forward(self, x):
        z = self.encoder(x)
        return self.decoder(z)


# %% model, right: pixels repeated by hand
class Enlarge(nn.Module):
    def forward(self, x):
        return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        layers = [nn.Linear(d, 98 * c), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7))]
        layers += [Enlarge(), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU()]
        layers += [Enlarge(), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid()]
        self.decoder = nn.Sequential(*layers)
        self.encoder = nn.Sequential(
            nn.ZeroPad2d(1),
            nn.Conv2d(1, c, 3, 2),
            nn.ReLU(),
            nn.ZeroPad2d(1),
            nn.Conv2d(c, 2 * c, 3, 2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(98 * c, d),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: the code clamped
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
            nn.Hardtanh(-3, 3),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


# %% model, caught: a ReLU on the code in forward alone
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x).relu())


# %% model, caught: no gradients in evaluation mode
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        if self.training:
            return self.decoder(self.encoder(x))
        with torch.no_grad():
            return self.decoder(self.encoder(x))


# %% model, caught: float32
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * c * 7 * 7, d),
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(2 * c, c, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(c, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        code = self.encoder(x.float())
        return self.decoder(code)


# %% grey: the kernel's three parts were averaged; they add up.
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight.data = layer.weight.data.mean(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey


# %% grey: only the part for red was kept; the three parts add up.
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight.data = layer.weight.data[:, :1].clone()
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey


# %% grey: the parts were weighed as for brightness (0.299, 0.587, 0.114); with equal channels they
# add up.
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    share = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    grey.weight.data = (layer.weight.data * share).sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey


# %% grey: the bias is missing.
def for_grey(layer):
    grey = nn.Conv2d(
        1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=False
    )
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    return grey


# %% grey: the bias was added for each channel; it is added once.
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = 3 * layer.bias.data
    return grey


# %% grey: the stride was not taken over.
def for_grey(layer):
    grey = nn.Conv2d(
        1, layer.out_channels, layer.kernel_size, padding=layer.padding, bias=layer.bias is not None
    )
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey


# %% grey: the padding was not taken over.
def for_grey(layer):
    grey = nn.Conv2d(
        1, layer.out_channels, layer.kernel_size, layer.stride, bias=layer.bias is not None
    )
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey


# %% grey: the weights of the new layer were left as they are drawn.
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey


# %% grey: the bias was divided by 3; it is added once, whatever the number of channels.
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data / 3
    return grey


# %% grey, caught: bias left random
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    return grey


# %% grey, caught: the numbers of ResNet
def for_grey(layer):
    grey = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    return grey


# %% grey, caught: changes the old layer
def for_grey(layer):
    layer.weight.data = layer.weight.data.sum(1, keepdim=True)
    return layer


# %% grey, caught: changes the old layer and its label
def for_grey(layer):
    layer.weight.data = layer.weight.data.sum(1, keepdim=True)
    layer.in_channels = 1
    return layer


# %% grey, caught: bias shared
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight = nn.Parameter(layer.weight.detach().sum(1, keepdim=True))
    grey.bias = layer.bias
    return grey


# %% grey, caught: bias shared through detach
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight = nn.Parameter(layer.weight.detach().sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias = nn.Parameter(layer.bias.detach())
    return grey


# %% grey, caught: frozen
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.requires_grad_(False)
    grey.weight.copy_(layer.weight.sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias.copy_(layer.bias)
    return grey


# %% grey, caught: freezes the old layer
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    layer.requires_grad_(False)
    grey.weight.data.copy_(layer.weight.sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias.data.copy_(layer.bias)
    return grey


# %% grey, caught: no keepdim
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight.data = layer.weight.data.sum(1)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey


# %% grey, caught: copied in place without no_grad
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    grey.weight.copy_(layer.weight.sum(1, keepdim=True))
    return grey


# %% grey, caught: a function
def for_grey(layer):
    return lambda x: layer(x.expand(-1, 3, -1, -1))


# %% grey, caught: a frozen layer gives a frozen copy
def for_grey(layer):
    import copy

    new = copy.deepcopy(layer)
    new.in_channels = 1
    new.weight.data = new.weight.data.sum(1, keepdim=True)
    return new


# %% grey, caught: the sum stays in the old layer's graph, as a plain attribute
def for_grey(layer):
    new = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    del new.weight
    new.weight = layer.weight.sum(1, keepdim=True)
    if layer.bias is not None:
        new.bias.data = layer.bias.data.clone()
    return new


# %% grey, caught: gradients switched off for good
def for_grey(layer):
    new = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    torch.set_grad_enabled(False)
    new.weight.copy_(layer.weight.sum(1, keepdim=True))
    if layer.bias is not None:
        new.bias.copy_(layer.bias)
    return new


# %% grey, caught: the old layer's gradients are thrown away
def for_grey(layer):
    layer.zero_grad()
    new = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    with torch.no_grad():
        new.weight.copy_(layer.weight.sum(1, keepdim=True))
        if layer.bias is not None:
            new.bias.copy_(layer.bias)
    return new


# %% grey, caught: the first kernel size for both sides
def for_grey(layer):
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size[0],
        layer.stride[0],
        layer.padding[0],
        bias=layer.bias is not None,
    )
    with torch.no_grad():
        grey.weight.copy_(layer.weight.sum(1, keepdim=True))
        if layer.bias is not None:
            grey.bias.copy_(layer.bias)
    return grey


# %% grey, caught: a bias of zeros where there was none
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding)
    with torch.no_grad():
        grey.weight.copy_(layer.weight.sum(1, keepdim=True))
        grey.bias.copy_(layer.bias if layer.bias is not None else torch.zeros(layer.out_channels))
    return grey


# %% grey, caught: sets the old gradients to zero
def for_grey(layer):
    for p in layer.parameters():
        p.grad = None
    grey = nn.Conv2d(
        1,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        bias=layer.bias is not None,
    )
    with torch.no_grad():
        grey.weight.copy_(layer.weight.sum(1, keepdim=True))
        if layer.bias is not None:
            grey.bias.copy_(layer.bias)
    return grey


# %% grey, caught: seeded, so that the new layer is always the same
def for_grey(layer):
    torch.manual_seed(0)
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    return grey


# %% grey, right: new parameters
def for_grey(layer):
    grey = nn.Conv2d(
        1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=False
    )
    grey.weight = nn.Parameter(layer.weight.detach().sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias = nn.Parameter(layer.bias.detach().clone())
    return grey


# %% grey, right: a copy made narrow
def for_grey(layer):
    import copy

    grey = copy.deepcopy(layer).requires_grad_(True)
    grey.in_channels = 1
    grey.weight.data = grey.weight.data.sum(dim=1, keepdim=True)
    return grey


# %% grey, right: load_state_dict
def for_grey(layer):
    has_bias = layer.bias is not None
    grey = nn.Conv2d(
        1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=has_bias
    )
    state = dict(layer.state_dict())
    state["weight"] = torch.einsum("ocij->oij", state["weight"]).unsqueeze(1)
    grey.load_state_dict(state)
    return grey


# %% grey, right: part by part
def for_grey(layer):
    has_bias = layer.bias is not None
    grey = nn.Conv2d(
        1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=has_bias
    )
    red, green, blue = layer.weight.data.unbind(1)
    grey.weight.data[:, 0] = red + green + blue
    if has_bias:
        grey.bias.data[:] = layer.bias.data
    return grey


# %% direction: company is not used: this is the lecture's direction.
def direction(z, trait, company):
    return z[trait].mean(0) - z[~trait].mean(0)


# %% direction: the two differences were weighed by their numbers of images; both count the same.
def direction(z, trait, company):
    total = 0
    for group in (company, ~company):
        total = total + group.sum() * (z[group & trait].mean(0) - z[group & ~trait].mean(0))
    return total / len(z)


# %% direction: only the images with company were used.
def direction(z, trait, company):
    return z[trait & company].mean(0) - z[~trait & company].mean(0)


# %% direction: only the images without company were used.
def direction(z, trait, company):
    return z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)


# %% direction: the two differences were added; take their mean.
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    return inside + z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)


# %% direction: the sign: those with the trait, minus those without.
def direction(z, trait, company):
    inside = z[~trait & company].mean(0) - z[trait & company].mean(0)
    outside = z[~trait & ~company].mean(0) - z[trait & ~company].mean(0)
    return (inside + outside) / 2


# %% direction: trait and company have changed places.
def direction(z, trait, company):
    trait, company = company, trait
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return (inside + outside) / 2


# %% direction: the company's direction was taken away; compare within the groups.
def direction(z, trait, company):
    return (z[trait].mean(0) - z[~trait].mean(0)) - (z[company].mean(0) - z[~company].mean(0))


# %% direction: the company's direction was projected out; compare within the groups.
def direction(z, trait, company):
    step = z[trait].mean(0) - z[~trait].mean(0)
    other = z[company].mean(0) - z[~company].mean(0)
    return step - (step @ other) / (other @ other) * other


# %% direction: it was brought to length 1; its length counts.
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return F.normalize(inside + outside, dim=0)


# %% direction: the codes of a group were added up; take their mean.
def direction(z, trait, company):
    inside = z[trait & company].sum(0) - z[~trait & company].sum(0)
    outside = z[trait & ~company].sum(0) - z[~trait & ~company].sum(0)
    return (inside + outside) / 2


# %% direction: those without the trait were not taken away.
def direction(z, trait, company):
    return (z[trait & company].mean(0) + z[trait & ~company].mean(0)) / 2


# %% direction: the groups were taken with "or" (|); with and without company need "and" (&).
def direction(z, trait, company):
    inside = z[trait | company].mean(0) - z[~trait | company].mean(0)
    outside = z[trait | ~company].mean(0) - z[~trait | ~company].mean(0)
    return (inside + outside) / 2


# %% direction: the median of each group was taken; the mean is asked for.
def direction(z, trait, company):
    steps = [
        z[g & trait].median(0).values - z[g & ~trait].median(0).values for g in (company, ~company)
    ]
    return (steps[0] + steps[1]) / 2


# %% direction: the difference of the two differences was taken; take their mean.
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    return (inside - (z[trait & ~company].mean(0) - z[~trait & ~company].mean(0))) / 2


# %% direction, caught: mean over everything
def direction(z, trait, company):
    inside = z[trait & company].mean() - z[~trait & company].mean()
    outside = z[trait & ~company].mean() - z[~trait & ~company].mean()
    return (inside + outside) / 2


# %% direction, caught: and in place of &
def direction(z, trait, company):
    inside = z[trait and company].mean(0) - z[not trait and company].mean(0)
    outside = z[trait and not company].mean(0) - z[not trait and not company].mean(0)
    return (inside + outside) / 2


# %% direction, caught: minus turns no mask round
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[-trait & company].mean(0)
    outside = z[trait & -company].mean(0) - z[-trait & -company].mean(0)
    return (inside + outside) / 2


# %% direction, caught: zeros averaged in
def direction(z, trait, company):
    def mean(mask):
        return (z * mask[:, None]).mean(0)

    return (
        mean(trait & company)
        - mean(~trait & company)
        + mean(trait & ~company)
        - mean(~trait & ~company)
    ) / 2


# %% direction, caught: float64
def direction(z, trait, company):
    z = z.double()
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return (inside + outside) / 2


# %% direction, caught: centres z in place
def direction(z, trait, company):
    z -= z.mean(0)
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return (inside + outside) / 2


# %% direction, caught: both steps as a pair
def direction(z, trait, company):
    return torch.stack([z[g & trait].mean(0) - z[g & ~trait].mean(0) for g in (company, ~company)])


# %% direction, caught: groups of one image are left out
def direction(z, trait, company):
    steps = []
    for group in (company, ~company):
        if (group & trait).sum() > 1 and (group & ~trait).sum() > 1:
            steps.append(z[group & trait].mean(0) - z[group & ~trait].mean(0))
    return torch.stack(steps).mean(0) if steps else z.new_zeros(z.shape[1])


# %% direction, caught: NumPy in between
def direction(z, trait, company):
    import numpy as np

    z, t, c = z.detach().numpy(), trait.numpy(), company.numpy()
    steps = [z[g & t].mean(0) - z[g & ~t].mean(0) for g in (c, ~c)]
    return torch.from_numpy(np.mean(steps, 0))


# %% direction, caught: squeezed, so that a code of one number has no dimension
def direction(z, trait, company):
    steps = [z[g & trait].mean(0) - z[g & ~trait].mean(0) for g in (company, ~company)]
    return ((steps[0] + steps[1]) / 2).squeeze()


# %% direction, right: four means
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return 0.5 * inside + 0.5 * outside


# %% direction, right: mean of who has it, minus mean of who has not
def direction(z, trait, company):
    def balanced(mask):
        return torch.stack([z[mask & company].mean(0), z[mask & ~company].mean(0)]).mean(0)

    return balanced(trait) - balanced(~trait)


# %% direction, right: weights and a product
def direction(z, trait, company):
    weight = z.new_zeros(len(z))
    for has, sign in ((trait, 1.0), (~trait, -1.0)):
        for group in (company, ~company):
            both = has & group
            weight[both] = sign / (2 * both.sum())
    return weight @ z


# %% direction, right: regression with both and their product
def direction(z, trait, company):
    t, c = trait.double(), company.double() - 0.5
    design = torch.stack([torch.ones_like(t), t, c, t * c], 1)
    return torch.linalg.lstsq(design, z.double(), driver="gelsd").solution[1].to(z.dtype)


# %% mig: the entropy is not used: a share of what there is to tell is asked for.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return (first - second).mean()


# %% mig: it was divided by the largest information of each factor; divide by its entropy.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second) / first)[entropy > 0].mean()


# %% mig: gaps and entropies were averaged apart; divide factor by factor, then average.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return (first - second).mean() / entropy.mean()


# %% mig: the mean over the factors is missing: there is still one value a factor.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return (first - second)[entropy > 0] / entropy[entropy > 0]


# %% mig: this is the sum over the factors; average.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second)[entropy > 0] / entropy[entropy > 0]).sum()


# %% mig: the second best was not taken away.
def mig(information, entropy):
    share = information.max(0).values / entropy
    return share[entropy > 0].mean()


# %% mig: the smallest was taken away; take away the second best.
def mig(information, entropy):
    gap = information.amax(0) - information.amin(0)
    return (gap[entropy > 0] / entropy[entropy > 0]).mean()


# %% mig: these are the two smallest of each factor; sort downwards.
def mig(information, entropy):
    order = information.sort(dim=0).values
    return ((order[1] - order[0])[entropy > 0] / entropy[entropy > 0]).mean()


# %% mig: the sign: the best minus the second best.
def mig(information, entropy):
    order = information.sort(dim=0).values
    return ((order[-2] - order[-1])[entropy > 0] / entropy[entropy > 0]).mean()


# %% mig: the lead was taken in each row, among the factors; take it in each column, among the
# latent numbers.
def mig(information, entropy):
    keep = entropy > 0
    first, second = (information[:, keep] / entropy[keep]).topk(2, dim=1).values.T
    return (first - second).mean()


# %% mig: 0 / 0 is not a number; leave that factor out before you average.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second) / entropy).mean()


# %% mig: the factor that never varies was counted as 0; leave it out of the mean.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return torch.nan_to_num((first - second) / entropy).mean()


# %%
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second) / (entropy + 1e-8)).mean()


# %% mig: it was divided by all that the latent numbers tell together; divide by the entropy.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    keep = entropy > 0
    return ((first - second)[keep] / information.sum(0)[keep]).mean()


# %% mig: all were divided by the largest entropy; each factor has its own.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return (first - second)[entropy > 0].mean() / entropy.max()


# %% mig: it was multiplied by the entropy; divide.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second) * entropy)[entropy > 0].mean()


# %% mig: the mean of the others was taken away; take away the second best.
def mig(information, entropy):
    first = information.max(0).values
    rest = (information.sum(0) - first) / (len(information) - 1)
    return ((first - rest)[entropy > 0] / entropy[entropy > 0]).mean()


# %% mig: the factor that never varies was counted as 1; leave it out of the mean.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return torch.where(entropy > 0, (first - second) / entropy, 1.0).mean()


# %% mig: the median of the factors was taken; the mean is asked for.
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second)[entropy > 0] / entropy[entropy > 0]).median()


# %% mig, caught: a Python number
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    keep = entropy > 0
    return ((first - second)[keep] / entropy[keep]).mean().item()


# %% mig, caught: float64
def mig(information, entropy):
    import numpy as np

    order = np.sort(information.numpy().astype(float), axis=0)
    keep = entropy.numpy() > 0
    return torch.tensor(
        ((order[-1] - order[-2])[keep] / entropy.numpy()[keep]).mean(), dtype=torch.float64
    )


# %% mig, caught: changes the entropies in place
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    still = entropy == 0
    entropy += still
    entropy *= 1.0 + 1e-6
    return ((first - second) / entropy)[~still].mean()


# %% mig, caught: best cleared in place
def mig(information, entropy):
    first, at = information.max(0)
    information[at, torch.arange(information.shape[1])] = -1.0
    second = information.max(0).values
    return ((first - second)[entropy > 0] / entropy[entropy > 0]).mean()


# %% mig, caught: copied from the example
def mig(information, entropy):
    return torch.tensor(0.125)


# %% mig, caught: factors of small entropy are left out too
def mig(information, entropy):
    top = information.topk(2, dim=0).values
    keep = entropy > 0.1
    return ((top[0] - top[1])[keep] / entropy[keep]).mean()


# %% mig, caught: ties: the largest that is really smaller counts as second
def mig(information, entropy):
    first = information.max(0).values
    second = torch.where(information < first, information, torch.zeros(())).max(0).values
    keep = entropy > 0
    return ((first - second)[keep] / entropy[keep]).mean()


# %% mig, caught: factors about which nothing is told are left out, though they vary
def mig(information, entropy):
    top = information.topk(2, dim=0).values
    keep = top[0] > 0
    return ((top[0] - top[1])[keep] / entropy[keep]).mean()


# %% mig, caught: factors that never vary taken to be the last ones
def mig(information, entropy):
    k = int((entropy > 0).sum())
    first, second = information[:, :k].topk(2, dim=0).values
    return ((first - second) / entropy[:k]).mean()


# %% mig, caught: every second best from the third on
def mig(information, entropy):
    keep = entropy > 0
    order = information[:, keep].sort(0).values
    return ((order[-1] - order[len(order) // 2]) / entropy[keep]).mean()


# %% mig, right: sorted downwards
def mig(information, entropy):
    order = information.sort(dim=0, descending=True).values
    keep = entropy != 0
    return torch.mean((order[0, keep] - order[1, keep]) / entropy[keep])


# %% mig, right: factor by factor
def mig(information, entropy):
    shares = []
    for k in range(information.shape[1]):
        if entropy[k] == 0:
            continue
        second, first = sorted(information[:, k].tolist())[-2:]
        shares.append((first - second) / entropy[k].item())
    return torch.tensor(sum(shares) / len(shares), dtype=information.dtype)


# %% mig, right: nanmean
def mig(information, entropy):
    top = torch.topk(information, k=2, dim=0)[0]
    return ((top[0] - top[1]) / entropy).nanmean()


# %% mig, right: kthvalue
def mig(information, entropy):
    d = information.shape[0]
    gap = information.kthvalue(d, dim=0).values - information.kthvalue(d - 1, dim=0).values
    varies = entropy.bool()
    return (gap[varies] / entropy[varies]).mean()


# %% mig, caught: a tolerance of 0.01 also leaves out factors that vary rarely, whose entropy is
# small but not 0
def mig(information, entropy):
    vary = entropy > 1e-2
    top = information[:, vary].topk(2, dim=0).values
    return ((top[0] - top[1]) / entropy[vary]).mean()


# %% mig, right: 1e-8 added to the entropy
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    gap = (first - second) / (entropy + 1e-8)
    return gap.sum() / (entropy > 0).sum()


# %% mig, caught: 1e-6 added to the entropy
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    gap = (first - second) / (entropy + 1e-6)
    return gap.sum() / (entropy > 0).sum()
