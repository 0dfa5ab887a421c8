# Answers to set 08 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex08-size | wrong | no plus one | + 1 is missing
def conv_size(n, k, s, p, dilation=1):
    return (n + 2 * p - dilation * (k - 1) - 1) // s

# %% ex08-size | wrong | rounded up | rounded up
def conv_size(n, k, s, p, dilation=1):
    return -((n + 2 * p - dilation * (k - 1) - 1) // -s) + 1

# %% ex08-size | wrong | padding on one side | it lies on both
def conv_size(n, k, s, p, dilation=1):
    return (n + p - dilation * (k - 1) - 1) // s + 1

# %% ex08-size | wrong | no padding | padding is missing
def conv_size(n, k, s, p, dilation=1):
    return (n - dilation * (k - 1) - 1) // s + 1

# %% ex08-size | wrong | no stride | stride is missing
def conv_size(n, k, s, p, dilation=1):
    return n + 2 * p - dilation * (k - 1)

# %% ex08-size | wrong | true division | not rounded down
def conv_size(n, k, s, p, dilation=1):
    return (n + 2 * p - dilation * (k - 1) - 1) / s + 1

# %% ex08-size | wrong | floor that stays a float | an int was expected
def conv_size(n, k, s, p, dilation=1):
    return float((n + 2 * p - dilation * (k - 1) - 1) // s + 1)

# %% ex08-size | wrong | rounded to the nearest | rounded up
def conv_size(n, k, s, p, dilation=1):
    import math
    return math.floor((n + 2 * p - dilation * (k - 1) - 1) / s + 1.5)

# %% ex08-size | wrong | the transposed formula | transposed
def conv_size(n, k, s, p, dilation=1):
    return (n - 1) * s + dilation * (k - 1) + 1 - 2 * p

# %% ex08-size | wrong | padding taken away | taken away
def conv_size(n, k, s, p, dilation=1):
    return (n - 2 * p - dilation * (k - 1) - 1) // s + 1

# %% ex08-size | wrong | dilation not used | dilation is not used
def conv_size(n, k, s, p, dilation=1):
    return (n + 2 * p - k) // s + 1

# %% ex08-size | wrong | dilation times k | k - 1 steps
def conv_size(n, k, s, p, dilation=1):
    return (n + 2 * p - dilation * k) // s + 1

# %% ex08-size | wrong | one end forgotten | one of its ends
def conv_size(n, k, s, p, dilation=1):
    return (n + 2 * p - dilation * (k - 1)) // s + 1

# %% ex08-size | wrong | dilation added once | added to the kernel's size once
def conv_size(n, k, s, p, dilation=1):
    return (n + 2 * p - (k + dilation - 1)) // s + 1

# %% ex08-size | wrong | dilation as the gap | the number of pixels between
def conv_size(n, k, s, p, dilation=1):
    return (n + 2 * p - (k + (k - 1) * dilation)) // s + 1

# %% ex08-size | wrong | a tensor | a plain Python number
def conv_size(n, k, s, p, dilation=1):
    return torch.tensor((n + 2 * p - dilation * (k - 1) - 1) // s + 1)

# %% ex08-size | wrong | copied from the example | was expected
def conv_size(n, k, s, p, dilation=1):
    return 14 if dilation == 1 else 24

# %% ex08-size | wrong | always halved | was expected
def conv_size(n, k, s, p, dilation=1):
    return n // 2

# %% ex08-size | right | measured
def conv_size(n, k, s, p, dilation=1):
    layer = nn.Conv2d(1, 1, k, stride=s, padding=p, dilation=dilation)
    return layer(torch.zeros(1, 1, n, n)).shape[-1]

# %% ex08-size | right | on the meta device
def conv_size(n, k, s, p, dilation=1):
    image, kernel = (torch.empty(1, 1, side, device="meta") for side in (n, k))
    return F.conv1d(image, kernel, stride=s, padding=p, dilation=dilation).size(2)

# %% ex08-size | right | counting the places
def conv_size(n, k, s, p, dilation=1):
    places, first = 0, -p
    while first + dilation * (k - 1) < n + p:
        places += 1
        first += s
    return places

# %% ex08-size | right | range
def conv_size(n, k, s, p, dilation=1):
    return len(range(-p, n + p - dilation * (k - 1), s))

# %% ex08-size | right | torch's formula, with int
def conv_size(n, k, s, p, dilation=1):
    return int((n + 2 * p - dilation * (k - 1) - 1) / s + 1)

# %% ex08-back | wrong | never any | no pixels over
def way_back(n, k, s, p):
    return 0

# %% ex08-back | wrong | always one | nothing was left over
def way_back(n, k, s, p):
    return 1 if s < 5 else 3

# %% ex08-back | wrong | missing to the next place | one more place of the kernel
def way_back(n, k, s, p):
    return s - (n + 2 * p - k) % s

# %% ex08-back | wrong | no padding | padding is missing
def way_back(n, k, s, p):
    return (n - k) % s

# %% ex08-back | wrong | padding once | it lies on both
def way_back(n, k, s, p):
    return (n + p - k) % s

# %% ex08-back | wrong | n alone | the remainder of n alone
def way_back(n, k, s, p):
    return n % s

# %% ex08-back | wrong | the size on the way down | size on the way down
def way_back(n, k, s, p):
    return (n + 2 * p - k) // s + 1

# %% ex08-back | wrong | the size without it | n minus that
def way_back(n, k, s, p):
    m = (n + 2 * p - k) // s + 1
    return (m - 1) * s + k - 2 * p

# %% ex08-back | wrong | sign | the sign: n minus
def way_back(n, k, s, p):
    m = (n + 2 * p - k) // s + 1
    return (m - 1) * s + k - 2 * p - n

# %% ex08-back | wrong | a float | an int was expected
def way_back(n, k, s, p):
    return float((n + 2 * p - k) % s)

# %% ex08-back | wrong | division not rounded | no pixels over
def way_back(n, k, s, p):
    m = (n + 2 * p - k) / s + 1
    return n - ((m - 1) * s + k - 2 * p)

# %% ex08-back | wrong | odd or even | was expected
def way_back(n, k, s, p):
    return int(n % 2 == 0)

# %% ex08-back | right | through both formulas
def way_back(n, k, s, p):
    m = (n + 2 * p - k) // s + 1
    return n - ((m - 1) * s + k - 2 * p)

# %% ex08-back | right | divmod
def way_back(n, k, s, p):
    _, left_over = divmod(n + 2 * p - k, s)
    return left_over

# %% ex08-back | right | tried out
def way_back(n, k, s, p):
    m = (n - k + 2 * p) // s + 1
    for extra in range(s):
        if (m - 1) * s + k - 2 * p + extra == n:
            return extra

# %% ex08-back | right | with the sizes of task 1a
def way_back(n, k, s, p):
    m = conv_size(n, k, s, p)
    return n + 2 * p - k - s * (m - 1)

# %% ex08-conv | wrong | torch's own | write the sums yourself
def convolve(x, weight, bias, stride=1, padding=0):
    return F.conv2d(x, weight, bias, stride, padding)

# %% ex08-conv | wrong | torch's own module | write the sums yourself
def convolve(x, weight, bias, stride=1, padding=0):
    layer = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:], stride, padding)
    layer.weight.data, layer.bias.data = weight, bias
    return layer(x)

# %% ex08-conv | wrong | turned kernel | half a turn
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 4)
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight.flip(2, 3)) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | no bias | bias is missing
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 4)
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight)

# %% ex08-conv | wrong | bias for each input channel | for each input channel
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    y = 0
    for channel in range(x.shape[1]):
        y = y + torch.einsum("bhwij,oij->bohw", patches[:, channel], weight[:, channel]) + bias.view(-1, 1, 1)
    return y

# %% ex08-conv | wrong | mean over the patch | averaged over the patch
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    x = F.pad(x, [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = torch.zeros(B, O, rows, columns)
    for i in range(rows):
        for j in range(columns):
            patch = x[:, None, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight).mean((2, 3, 4)) + bias
    return y

# %% ex08-conv | wrong | first channel only | first input channel
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bhwij,oij->bohw", patches[:, 0], weight[:, 0]) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | stride not used | stride is not used
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, 1).unfold(3, kw, 1)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | stride on rows alone | not used on the columns
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, 1)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | padding not used | padding is not used
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | edges repeated | at the edge were repeated
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 4, mode="replicate") if padding else x
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | all padding at the end | half of it belongs in front
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, (0, 2 * padding, 0, 2 * padding))
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | padded channels | This happened in convolve
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    x = F.pad(x, [padding] * 6)
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | bias along the columns | shape
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias

# %% ex08-conv | wrong | square kernels only | This happened in convolve
def convolve(x, weight, bias, stride=1, padding=0):
    k = weight.shape[2]
    patches = F.pad(x, [padding] * 4).unfold(2, k, stride).unfold(3, k, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | one image only | like the first one
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    image = F.pad(x[0], [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = torch.zeros(B, O, rows, columns)
    for i in range(rows):
        for j in range(columns):
            patch = image[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight).sum((1, 2, 3)) + bias
    return y

# %% ex08-conv | wrong | numbers taken out of the graph | cut off
def convolve(x, weight, bias, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    x = F.pad(x, [padding] * 4)
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = torch.zeros(B, O, rows, columns)
    for b in range(B):
        for o in range(O):
            for i in range(rows):
                for j in range(columns):
                    patch = x[b, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
                    y[b, o, i, j] = (patch * weight[o]).sum().item() + bias[o].item()
    return y

# %% ex08-conv | wrong | bias detached | bias gets no gradient
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.data.view(-1, 1, 1)

# %% ex08-conv | wrong | float64 | dtype
def convolve(x, weight, bias, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride).double()
    return torch.einsum("bchwij,ocij->bohw", patches, weight.double()) + bias.view(-1, 1, 1)

# %% ex08-conv | wrong | patches not put back | shape
def convolve(x, weight, bias, stride=1, padding=0):
    columns = F.unfold(x, weight.shape[2:], stride=stride, padding=padding)
    return weight.flatten(1) @ columns + bias.view(-1, 1)

# %% ex08-conv | wrong | changes the weights in place | in place
def convolve(x, weight, bias, stride=1, padding=0):
    if not weight.requires_grad:
        weight *= 1.0001
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", patches, weight) + bias.view(-1, 1, 1)

# %% ex08-conv | right | loops over the places
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

# %% ex08-conv | right | loops over the kernel
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

# %% ex08-conv | right | unfold and a matrix
def convolve(x, weight, bias, stride=1, padding=0):
    columns = F.unfold(x, weight.shape[2:], stride=stride, padding=padding)
    y = weight.flatten(1) @ columns + bias[:, None]
    rows = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    return y.unflatten(2, (rows, -1))

# %% ex08-conv | right | unfold and F.linear
def convolve(x, weight, bias, stride=1, padding=0):
    O, C, kh, kw = weight.shape
    rows = (x.shape[2] + 2 * padding - kh) // stride + 1
    patches = F.unfold(x, (kh, kw), stride=stride, padding=padding).transpose(1, 2)
    return F.linear(patches, weight.reshape(O, -1), bias).transpose(1, 2).reshape(len(x), O, rows, -1)

# %% ex08-conv | right | every stride, then thinned out
def convolve(x, weight, bias, stride=1, padding=0):
    B, C, H, W = x.shape
    padded = torch.zeros(B, C, H + 2 * padding, W + 2 * padding)
    padded[:, :, padding : padding + H, padding : padding + W] = x
    kh, kw = weight.shape[2:]
    patches = padded.unfold(2, kh, 1).unfold(3, kw, 1).permute(0, 2, 3, 1, 4, 5)
    y = torch.tensordot(patches, weight, dims=([3, 4, 5], [1, 2, 3])) + bias
    return y.permute(0, 3, 1, 2)[:, :, ::stride, ::stride]

# %% ex08-stamp | wrong | torch's own | stamp by yourself
def stamp(x, weight, stride=1, padding=0):
    return F.conv_transpose2d(x, weight, stride=stride, padding=padding)

# %% ex08-stamp | wrong | the last stamp wins | replaced the others
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] = one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | wrong | overlaps averaged | they were averaged
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    count = torch.zeros(out.shape[2:])
    for i in range(H):
        for j in range(W):
            rows, columns = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            out[:, :, rows, columns] += torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            count[rows, columns] += 1
    out = out / count.clamp(min=1)
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | wrong | turned kernel | half a turn
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight.flip(2, 3))
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | wrong | first channel only | first input channel
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("b,ohw->bohw", x[:, 0, i, j], weight[0])
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | wrong | stride not used | stride is not used
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, H - 1 + kh, W - 1 + kw)
    for i in range(H):
        for j in range(W):
            out[:, :, i : i + kh, j : j + kw] += torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | wrong | output channels first | This happened in stamp
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (O, _, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,ochw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | wrong | output too large | shape
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, H * stride + kh, W * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | wrong | nothing cut | nothing was cut off
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out

# %% ex08-stamp | wrong | cut at the end alone | none at the start
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = torch.zeros(B, O, rows, columns)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, : rows - 2 * padding, : columns - 2 * padding]

# %% ex08-stamp | wrong | a slice with minus zero | from 0 to -0
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding:-padding, padding:-padding]

# %% ex08-stamp | wrong | the input padded | shape
def stamp(x, weight, stride=1, padding=0):
    x = F.pad(x, [padding] * 4)
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = torch.zeros(B, O, (H - 1) * stride + kh, (W - 1) * stride + kw)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out

# %% ex08-stamp | wrong | an ordinary convolution | shape
def stamp(x, weight, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    patches = F.pad(x, [kw - 1, kw - 1, kh - 1, kh - 1]).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,coij->bohw", patches, weight)

# %% ex08-stamp | wrong | no gradient | cut off
@torch.no_grad()
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = torch.zeros(B, O, rows, columns)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : rows - padding, padding : columns - padding]

# %% ex08-stamp | wrong | weight detached | weight gets no gradient
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    spread = torch.einsum("bchw,coij->boijhw", x, weight.detach()).reshape(B, O * kh * kw, H * W)
    return F.fold(spread, (rows, columns), (kh, kw), stride=stride)[
        :, :, padding : rows - padding, padding : columns - padding]

# %% ex08-stamp | wrong | float64 | dtype
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = torch.zeros(B, O, rows, columns, dtype=torch.float64)
    for i in range(H):
        for j in range(W):
            one = torch.einsum("bc,cohw->bohw", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += one
    return out[:, :, padding : rows - padding, padding : columns - padding]

# %% ex08-stamp | wrong | copied from the example | shape
def stamp(x, weight, stride=1, padding=0):
    return torch.tensor([[[[2.0, 3.0, 24.0, 30.0, 40.0]]]])

# %% ex08-stamp | right | fold
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    size = (H - 1) * stride + kh - 2 * padding, (W - 1) * stride + kw - 2 * padding
    return F.fold(weight.flatten(1).T @ x.flatten(2), size, (kh, kw), stride=stride, padding=padding)

# %% ex08-stamp | right | loops over the kernel
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh, (W - 1) * stride + kw
    out = torch.zeros(B, O, rows, columns)
    for i in range(kh):
        for j in range(kw):
            part = torch.einsum("bchw,co->bohw", x, weight[:, :, i, j])
            out[:, :, i : i + (H - 1) * stride + 1 : stride, j : j + (W - 1) * stride + 1 : stride] += part
    return out[:, :, padding : rows - padding, padding : columns - padding]

# %% ex08-stamp | right | zeros between, then a convolution by hand
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    spread = torch.zeros(B, C, (H - 1) * stride + 1, (W - 1) * stride + 1)
    spread[:, :, ::stride, ::stride] = x
    spread = F.pad(spread, (kw - 1, kw - 1, kh - 1, kh - 1))
    patches = spread.unfold(2, kh, 1).unfold(3, kw, 1)
    out = torch.einsum("bchwij,coij->bohw", patches, weight.flip(2, 3))
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]

# %% ex08-stamp | right | padded stamps, added up
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    out = 0
    for i in range(H):
        for j in range(W):
            one = (x[:, :, i, j, None, None, None] * weight).sum(1)
            around = (j * stride, (W - 1 - j) * stride, i * stride, (H - 1 - i) * stride)
            out = out + F.pad(one, around)
    return F.pad(out, [-padding] * 4)

# %% ex08-stamp | right | what the convolution sends backwards
def stamp(x, weight, stride=1, padding=0):
    (B, C, H, W), (_, O, kh, kw) = x.shape, weight.shape
    rows, columns = (H - 1) * stride + kh - 2 * padding, (W - 1) * stride + kw - 2 * padding
    image = torch.zeros(B, O, rows, columns, requires_grad=True)
    y = convolve(image, weight, torch.zeros(C), stride, padding)
    return torch.autograd.grad(y, image, x, create_graph=True)[0]

# %% ex08-count | wrong | along one side | along one side
def stamp_counts(n, k, s, p=0):
    counts = torch.zeros((n - 1) * s + k)
    for i in range(n):
        counts[i * s : i * s + k] += 1
    return counts[p : len(counts) - p]

# %% ex08-count | wrong | rows and columns added | there are four
def stamp_counts(n, k, s, p=0):
    side = F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), stride=s, padding=p)[0, 0]
    return side[:, None] + side

# %% ex08-count | wrong | the larger of the two | at most two
def stamp_counts(n, k, s, p=0):
    side = F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), stride=s, padding=p)[0, 0]
    return torch.maximum(side[:, None], side)

# %% ex08-count | wrong | stamped or not | only whether
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k
    out = torch.zeros(m, m)
    for i in range(0, n * s, s):
        for j in range(0, n * s, s):
            out[i : i + k, j : j + k] = 1
    return out[p : m - p, p : m - p]

# %% ex08-count | wrong | four dimensions | shape
def stamp_counts(n, k, s, p=0):
    return F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=p)

# %% ex08-count | wrong | a random kernel | differ
def stamp_counts(n, k, s, p=0):
    layer = nn.ConvTranspose2d(1, 1, k, stride=s, padding=p)
    return layer(torch.ones(1, 1, n, n))[0, 0].detach()

# %% ex08-count | wrong | a bias beside the ones | differ
def stamp_counts(n, k, s, p=0):
    layer = nn.ConvTranspose2d(1, 1, k, stride=s, padding=p)
    nn.init.ones_(layer.weight)
    nn.init.ones_(layer.bias)
    return layer(torch.ones(1, 1, n, n))[0, 0].detach()

# %% ex08-count | wrong | nothing cut | cut off each edge
def stamp_counts(n, k, s, p=0):
    return F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s)[0, 0]

# %% ex08-count | wrong | cut at the end alone | twice at one edge
def stamp_counts(n, k, s, p=0):
    out = F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s)[0, 0]
    m = len(out) - 2 * p
    return out[:m, :m]

# %% ex08-count | wrong | a convolution | shape
def stamp_counts(n, k, s, p=0):
    return F.conv2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=k - 1)[0, 0]

# %% ex08-count | wrong | lists | a tensor was expected
def stamp_counts(n, k, s, p=0):
    return F.conv_transpose2d(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), stride=s, padding=p)[0, 0].tolist()

# %% ex08-count | wrong | the pattern of 3 and 2 alone | cut off each edge
def stamp_counts(n, k, s, p=0):
    side = torch.tensor([1.0, 1.0] + [2.0, 1.0] * (n - 1) + [1.0])
    return torch.outer(side, side)

# %% ex08-count | right | with stamp
def stamp_counts(n, k, s, p=0):
    return stamp(torch.ones(1, 1, n, n), torch.ones(1, 1, k, k), s, p)[0, 0]

# %% ex08-count | right | outer product, whole numbers
def stamp_counts(n, k, s, p=0):
    place = torch.arange(p, (n - 1) * s + k - p)
    start = torch.arange(n) * s
    side = ((place[:, None] >= start) & (place[:, None] < start + k)).sum(1)
    return side[:, None] * side[None, :]

# %% ex08-count | right | four loops
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k
    out = torch.zeros(m, m, dtype=torch.long)
    for i in range(n):
        for j in range(n):
            out[i * s : i * s + k, j * s : j * s + k] += 1
    return out[p : m - p, p : m - p]

# %% ex08-count | right | fold
def stamp_counts(n, k, s, p=0):
    m = (n - 1) * s + k - 2 * p
    return F.fold(torch.ones(1, k * k, n * n), (m, m), k, stride=s, padding=p).squeeze()[None].view(m, m)

# %% ex08-count | right | numpy
def stamp_counts(n, k, s, p=0):
    import numpy as np
    out = np.zeros(((n - 1) * s + k,) * 2)
    for i, j in np.ndindex(n, n):
        out[i * s : i * s + k, j * s : j * s + k] += 1
    return torch.from_numpy(out[p : len(out) - p, p : len(out) - p].copy())

# %% ex08-rival | wrong | rounded up | rounded up
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return -((n + d - budget) // (2 * n + 2 * d + 2))

# %% ex08-rival | wrong | no biases | biases of the dense model
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return budget // (2 * n + 2 * d)

# %% ex08-rival | wrong | no hidden biases | the two hidden layers
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - n - d) // (2 * n + 2 * d)

# %% ex08-rival | wrong | no biases outside | one of the biases
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return budget // (2 * n + 2 * d + 2)

# %% ex08-rival | wrong | the encoder alone | one half of the dense model
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - d) // (n + d + 1)

# %% ex08-rival | wrong | the rival's weights alone | rival's biases
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters() if p.ndim > 1)
    return (budget - n - d) // (2 * n + 2 * d + 2)

# %% ex08-rival | wrong | tensors counted, not numbers | was expected
def fair_width(rival, n, d):
    budget = len(list(rival.parameters()))
    return max(1, (budget - n - d) // (2 * n + 2 * d + 2))

# %% ex08-rival | wrong | not rounded | not rounded down
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return (budget - n - d) / (2 * n + 2 * d + 2)

# %% ex08-rival | wrong | a float | an int was expected
def fair_width(rival, n, d):
    import math
    budget = sum(p.numel() for p in rival.parameters())
    return float(math.floor((budget - n - d) / (2 * n + 2 * d + 2)))

# %% ex08-rival | wrong | rounded to the nearest | rounded up
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    return round((budget - n - d) / (2 * n + 2 * d + 2))

# %% ex08-rival | wrong | the budget itself | the number of the rival's parameters
def fair_width(rival, n, d):
    return sum(p.numel() for p in rival.parameters())

# %% ex08-rival | wrong | strictly fewer | was expected
def fair_width(rival, n, d):
    budget, h = sum(p.numel() for p in rival.parameters()), 0
    while (h + 1) * (2 * n + 2 * d + 2) + n + d < budget:
        h += 1
    return h

# %% ex08-rival | wrong | the example | was expected
def fair_width(rival, n, d):
    return 97

# %% ex08-rival | right | tried out
def fair_width(rival, n, d):
    budget = sum(p.numel() for p in rival.parameters())
    h = 0
    while n * (h + 1) + (h + 1) + (h + 1) * d + d + d * (h + 1) + (h + 1) + (h + 1) * n + n <= budget:
        h += 1
    return h

# %% ex08-rival | right | built on the meta device
def fair_width(rival, n, d):
    def count(model):
        return sum(p.numel() for p in model.parameters())

    def dense(h):
        with torch.device("meta"):
            return nn.Sequential(nn.Linear(n, h), nn.Linear(h, d), nn.Linear(d, h), nn.Linear(h, n))

    least, each = count(dense(1)), count(dense(2)) - count(dense(1))
    return 1 + (count(rival) - least) // each

# %% ex08-rival | right | a vector of all parameters, math.floor
def fair_width(rival, n, d):
    import math
    budget = torch.nn.utils.parameters_to_vector(rival.parameters()).numel()
    return math.floor((budget - (n + d)) / (2 * (n + d + 1)))

# %% ex08-rival | right | shapes multiplied
def fair_width(rival, n, d):
    import math
    budget = sum(math.prod(p.shape) for p in rival.state_dict().values())
    return (budget - n - d) // (2 * (n + d) + 2)

# %% ex08-model | wrong | stamps in the decoder | has no place here
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.ConvTranspose2d(2 * c, c, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(c, 1, 3, stride=2, padding=1, output_padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | no sigmoid | sigmoid at the end is missing
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1))

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | ReLU on the code | a code may be negative
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | blended pixels | bilinear
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | convolves first | enlarge first
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Conv2d(2 * c, c, 3, padding=1), nn.Upsample(scale_factor=2), nn.ReLU(),
            nn.Conv2d(c, 1, 3, padding=1), nn.Upsample(scale_factor=2), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | no ReLU after the linear layer | ReLU after the linear layer is missing
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | no ReLUs in the encoder | both ReLUs are missing
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | the lecture's numbers written in | parameters of shapes
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(64 * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 64 * 7 * 7), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(64, 32, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(32, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | no padding on the way up | shape
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | no biases in the convolutions | parameters of shapes
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1, bias=False), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1, bias=False), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | reshaped with one image | shape
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(0), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-model | wrong | forward stops at the code | shape
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.encoder(x)

# %% ex08-model | wrong | code detached | gets no gradient
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x).detach())

# %% ex08-model | wrong | halves in a plain list | no module self.encoder
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()
        self.encoder = [
            nn.Conv2d(1, c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(2 * c * 7 * 7, d)]
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 7 * 7), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            nn.Upsample(scale_factor=2), nn.Conv2d(2 * c, c, 3, padding=1), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        for layer in self.encoder:
            x = layer(x)
        return self.decoder(x)

# %% ex08-model | right | lazy layers of its own, in modules
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

# %% ex08-model | right | steps in small blocks
class ConvAutoencoder(nn.Module):
    def __init__(self, d, c):
        super().__init__()

        def down(a, b):
            return nn.Sequential(nn.Conv2d(a, b, 3, 2, 1), nn.ReLU(inplace=True))

        def up(a, b, end):
            return nn.Sequential(nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(a, b, 3, 1, 1), end)

        self.encoder = nn.Sequential(down(1, c), down(c, 2 * c), nn.Flatten(), nn.Linear(2 * c * 49, d))
        self.decoder = nn.Sequential(
            nn.Linear(d, 2 * c * 49), nn.ReLU(), nn.Unflatten(1, (2 * c, 7, 7)),
            up(2 * c, c, nn.ReLU()), up(c, 1, nn.Sigmoid()))

    def forward(self, x):
        z = self.encoder(x)
        return self.decoder(z)

# %% ex08-model | right | pixels repeated by hand
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
            nn.ZeroPad2d(1), nn.Conv2d(1, c, 3, 2), nn.ReLU(),
            nn.ZeroPad2d(1), nn.Conv2d(c, 2 * c, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(98 * c, d))

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex08-grey | wrong | mean of the parts | were averaged
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.weight.data = layer.weight.data.mean(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey

# %% ex08-grey | wrong | red alone | only the part for red
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.weight.data = layer.weight.data[:, :1].clone()
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey

# %% ex08-grey | wrong | weights of brightness | as for brightness
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    share = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    grey.weight.data = (layer.weight.data * share).sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey

# %% ex08-grey | wrong | bias forgotten | a bias
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=False)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    return grey

# %% ex08-grey | wrong | bias left random | without a bias
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    return grey

# %% ex08-grey | wrong | three times the bias | it is added once
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = 3 * layer.bias.data
    return grey

# %% ex08-grey | wrong | stride forgotten | stride was not taken over
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, padding=layer.padding, bias=layer.bias is not None)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey

# %% ex08-grey | wrong | padding forgotten | padding was not taken over
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, bias=layer.bias is not None)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey

# %% ex08-grey | wrong | the numbers of ResNet | shape
def for_grey(layer):
    grey = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    grey.weight.data = layer.weight.data.sum(1, keepdim=True)
    return grey

# %% ex08-grey | wrong | changes the old layer | with 1 input channel
def for_grey(layer):
    layer.weight.data = layer.weight.data.sum(1, keepdim=True)
    return layer

# %% ex08-grey | wrong | changes the old layer and its label | no longer what it was
def for_grey(layer):
    layer.weight.data = layer.weight.data.sum(1, keepdim=True)
    layer.in_channels = 1
    return layer

# %% ex08-grey | wrong | bias shared | shares a parameter
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.weight = nn.Parameter(layer.weight.detach().sum(1, keepdim=True))
    grey.bias = layer.bias
    return grey

# %% ex08-grey | wrong | bias shared through detach | shares a parameter
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.weight = nn.Parameter(layer.weight.detach().sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias = nn.Parameter(layer.bias.detach())
    return grey

# %% ex08-grey | wrong | frozen | can't be trained
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.requires_grad_(False)
    grey.weight.copy_(layer.weight.sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias.copy_(layer.bias)
    return grey

# %% ex08-grey | wrong | freezes the old layer | no longer ask for a gradient
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    layer.requires_grad_(False)
    grey.weight.data.copy_(layer.weight.sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias.data.copy_(layer.bias)
    return grey

# %% ex08-grey | wrong | no keepdim | This happened in
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.weight.data = layer.weight.data.sum(1)
    if layer.bias is not None:
        grey.bias.data = layer.bias.data.clone()
    return grey

# %% ex08-grey | wrong | copied in place without no_grad | in-place
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
    grey.weight.copy_(layer.weight.sum(1, keepdim=True))
    return grey

# %% ex08-grey | wrong | a function | An nn.Conv2d with 1 input channel
def for_grey(layer):
    return lambda x: layer(x.expand(-1, 3, -1, -1))

# %% ex08-grey | right | new parameters
def for_grey(layer):
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=False)
    grey.weight = nn.Parameter(layer.weight.detach().sum(1, keepdim=True))
    if layer.bias is not None:
        grey.bias = nn.Parameter(layer.bias.detach().clone())
    return grey

# %% ex08-grey | right | a copy made narrow
def for_grey(layer):
    import copy
    grey = copy.deepcopy(layer)
    grey.in_channels = 1
    grey.weight.data = grey.weight.data.sum(dim=1, keepdim=True)
    return grey

# %% ex08-grey | right | load_state_dict
def for_grey(layer):
    has_bias = layer.bias is not None
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=has_bias)
    state = dict(layer.state_dict())
    state["weight"] = torch.einsum("ocij->oij", state["weight"]).unsqueeze(1)
    grey.load_state_dict(state)
    return grey

# %% ex08-grey | right | part by part
def for_grey(layer):
    has_bias = layer.bias is not None
    grey = nn.Conv2d(1, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, bias=has_bias)
    red, green, blue = layer.weight.data.unbind(1)
    grey.weight.data[:, 0] = red + green + blue
    if has_bias:
        grey.bias.data[:] = layer.bias.data
    return grey

# %% ex08-direction | wrong | company not used | company is not used
def direction(z, trait, company):
    return z[trait].mean(0) - z[~trait].mean(0)

# %% ex08-direction | wrong | weighed by numbers | weighed by their numbers
def direction(z, trait, company):
    total = 0
    for group in (company, ~company):
        total = total + group.sum() * (z[group & trait].mean(0) - z[group & ~trait].mean(0))
    return total / len(z)

# %% ex08-direction | wrong | with company only | only the images with company
def direction(z, trait, company):
    return z[trait & company].mean(0) - z[~trait & company].mean(0)

# %% ex08-direction | wrong | without company only | only the images without company
def direction(z, trait, company):
    return z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)

# %% ex08-direction | wrong | the sum of the two | take their mean
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    return inside + z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)

# %% ex08-direction | wrong | sign | the sign
def direction(z, trait, company):
    inside = z[~trait & company].mean(0) - z[trait & company].mean(0)
    outside = z[~trait & ~company].mean(0) - z[trait & ~company].mean(0)
    return (inside + outside) / 2

# %% ex08-direction | wrong | trait and company swapped | have changed places
def direction(z, trait, company):
    trait, company = company, trait
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return (inside + outside) / 2

# %% ex08-direction | wrong | the company's direction taken away | company's direction was taken away
def direction(z, trait, company):
    return (z[trait].mean(0) - z[~trait].mean(0)) - (z[company].mean(0) - z[~company].mean(0))

# %% ex08-direction | wrong | projected out | projected out
def direction(z, trait, company):
    step = z[trait].mean(0) - z[~trait].mean(0)
    other = z[company].mean(0) - z[~company].mean(0)
    return step - (step @ other) / (other @ other) * other

# %% ex08-direction | wrong | length one | its length counts
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return F.normalize(inside + outside, dim=0)

# %% ex08-direction | wrong | mean over everything | shape
def direction(z, trait, company):
    inside = z[trait & company].mean() - z[~trait & company].mean()
    outside = z[trait & ~company].mean() - z[~trait & ~company].mean()
    return (inside + outside) / 2

# %% ex08-direction | wrong | and in place of & | This happened in direction
def direction(z, trait, company):
    inside = z[trait and company].mean(0) - z[not trait and company].mean(0)
    outside = z[trait and not company].mean(0) - z[not trait and not company].mean(0)
    return (inside + outside) / 2

# %% ex08-direction | wrong | minus turns no mask round | This happened in direction
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[-trait & company].mean(0)
    outside = z[trait & -company].mean(0) - z[-trait & -company].mean(0)
    return (inside + outside) / 2

# %% ex08-direction | wrong | sums for means | take their mean
def direction(z, trait, company):
    inside = z[trait & company].sum(0) - z[~trait & company].sum(0)
    outside = z[trait & ~company].sum(0) - z[~trait & ~company].sum(0)
    return (inside + outside) / 2

# %% ex08-direction | wrong | zeros averaged in | differ
def direction(z, trait, company):
    def mean(mask):
        return (z * mask[:, None]).mean(0)
    return (mean(trait & company) - mean(~trait & company) + mean(trait & ~company) - mean(~trait & ~company)) / 2

# %% ex08-direction | wrong | float64 | dtype
def direction(z, trait, company):
    z = z.double()
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return (inside + outside) / 2

# %% ex08-direction | wrong | centres z in place | in place
def direction(z, trait, company):
    z -= z.mean(0)
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return (inside + outside) / 2

# %% ex08-direction | right | four means
def direction(z, trait, company):
    inside = z[trait & company].mean(0) - z[~trait & company].mean(0)
    outside = z[trait & ~company].mean(0) - z[~trait & ~company].mean(0)
    return 0.5 * inside + 0.5 * outside

# %% ex08-direction | right | mean of who has it, minus mean of who has not
def direction(z, trait, company):
    def balanced(mask):
        return torch.stack([z[mask & company].mean(0), z[mask & ~company].mean(0)]).mean(0)
    return balanced(trait) - balanced(~trait)

# %% ex08-direction | right | weights and a product
def direction(z, trait, company):
    weight = torch.zeros(len(z))
    for has, sign in ((trait, 1.0), (~trait, -1.0)):
        for group in (company, ~company):
            both = has & group
            weight[both] = sign / (2 * both.sum())
    return weight @ z

# %% ex08-direction | right | regression with both and their product
def direction(z, trait, company):
    t, c = trait.double(), company.double() - 0.5
    design = torch.stack([torch.ones_like(t), t, c, t * c], 1)
    return torch.linalg.lstsq(design, z.double(), driver="gelsd").solution[1].to(z.dtype)

# %% ex08-mig | wrong | entropy not used | entropy is not used
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return (first - second).mean()

# %% ex08-mig | wrong | over the best | divided by the largest information
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second) / first)[entropy > 0].mean()

# %% ex08-mig | wrong | ratio of means | averaged apart
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return (first - second).mean() / entropy.mean()

# %% ex08-mig | wrong | one value a factor | one value a factor
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return (first - second)[entropy > 0] / entropy[entropy > 0]

# %% ex08-mig | wrong | sum over the factors | sum over the factors
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second)[entropy > 0] / entropy[entropy > 0]).sum()

# %% ex08-mig | wrong | second best forgotten | second best was not taken away
def mig(information, entropy):
    share = information.max(0).values / entropy
    return share[entropy > 0].mean()

# %% ex08-mig | wrong | best minus worst | the smallest was taken away
def mig(information, entropy):
    gap = information.amax(0) - information.amin(0)
    return (gap[entropy > 0] / entropy[entropy > 0]).mean()

# %% ex08-mig | wrong | sorted upwards | two smallest
def mig(information, entropy):
    order = information.sort(dim=0).values
    return ((order[1] - order[0])[entropy > 0] / entropy[entropy > 0]).mean()

# %% ex08-mig | wrong | sign | the sign
def mig(information, entropy):
    order = information.sort(dim=0).values
    return ((order[-2] - order[-1])[entropy > 0] / entropy[entropy > 0]).mean()

# %% ex08-mig | wrong | along the rows | take it in each column
def mig(information, entropy):
    keep = entropy > 0
    first, second = (information[:, keep] / entropy[keep]).topk(2, dim=1).values.T
    return (first - second).mean()

# %% ex08-mig | wrong | zero over zero | 0 / 0
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second) / entropy).mean()

# %% ex08-mig | wrong | constant factors count as zero | counted as 0
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return torch.nan_to_num((first - second) / entropy).mean()

# %% ex08-mig | wrong | a small number below | counted as 0
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    return ((first - second) / (entropy + 1e-8)).mean()

# %% ex08-mig | wrong | a Python number | a tensor was expected
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    keep = entropy > 0
    return ((first - second)[keep] / entropy[keep]).mean().item()

# %% ex08-mig | wrong | float64 | dtype
def mig(information, entropy):
    import numpy as np
    order = np.sort(information.numpy().astype(float), axis=0)
    keep = entropy.numpy() > 0
    return torch.tensor(((order[-1] - order[-2])[keep] / entropy.numpy()[keep]).mean(), dtype=torch.float64)

# %% ex08-mig | wrong | changes the entropies in place | in place
def mig(information, entropy):
    first, second = information.topk(2, dim=0).values
    still = entropy == 0
    entropy += still
    entropy *= 1.0 + 1e-6
    return ((first - second) / entropy)[~still].mean()

# %% ex08-mig | wrong | best cleared in place | in place
def mig(information, entropy):
    first, at = information.max(0)
    information[at, torch.arange(information.shape[1])] = -1.0
    second = information.max(0).values
    return ((first - second)[entropy > 0] / entropy[entropy > 0]).mean()

# %% ex08-mig | wrong | copied from the example | was expected
def mig(information, entropy):
    return torch.tensor(0.125)

# %% ex08-mig | right | sorted downwards
def mig(information, entropy):
    order = information.sort(dim=0, descending=True).values
    keep = entropy != 0
    return torch.mean((order[0, keep] - order[1, keep]) / entropy[keep])

# %% ex08-mig | right | factor by factor
def mig(information, entropy):
    shares = []
    for k in range(information.shape[1]):
        if entropy[k] == 0:
            continue
        second, first = sorted(information[:, k].tolist())[-2:]
        shares.append((first - second) / entropy[k].item())
    return torch.tensor(sum(shares) / len(shares))

# %% ex08-mig | right | nanmean
def mig(information, entropy):
    top = torch.topk(information, k=2, dim=0)[0]
    return ((top[0] - top[1]) / entropy).nanmean()

# %% ex08-mig | right | kthvalue
def mig(information, entropy):
    d = information.shape[0]
    gap = information.kthvalue(d, dim=0).values - information.kthvalue(d - 1, dim=0).values
    varies = entropy.bool()
    return (gap[varies] / entropy[varies]).mean()
