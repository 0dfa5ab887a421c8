# Answers to set 01 that students really give, wrong and right; tests/test_5_exercises.py runs each.
# A header names the answer cell, the verdict, what was done, and words that the message must hold.

# %% ex01-affine | wrong | no squashing | tanh is missing
def autoencode(x, W_h, b_h, W_x, b_x):
    h = x @ W_h.T + b_h
    return h, h @ W_x.T + b_x

# %% ex01-affine | wrong | sigmoid for tanh | sigmoid in place of tanh
def autoencode(x, W_h, b_h, W_x, b_x):
    h = torch.sigmoid(x @ W_h.T + b_h)
    return h, torch.sigmoid(h @ W_x.T + b_x)

# %% ex01-affine | wrong | biases forgotten | bias
def autoencode(x, W_h, b_h, W_x, b_x):
    h = torch.tanh(x @ W_h.T)
    return h, torch.tanh(h @ W_x.T)

# %% ex01-affine | wrong | bias outside the squashing | after the squashing
def autoencode(x, W_h, b_h, W_x, b_x):
    h = torch.tanh(x @ W_h.T) + b_h
    return h, torch.tanh(h @ W_x.T) + b_x

# %% ex01-affine | wrong | columns for rows | This happened in autoencode
def autoencode(x, W_h, b_h, W_x, b_x):
    h = torch.tanh(W_h @ x + b_h)
    return h, torch.tanh(W_x @ h + b_x)

# %% ex01-affine | wrong | decoder tied to W_h | matrix of its own
def autoencode(x, W_h, b_h, W_x, b_x):
    h = torch.tanh(x @ W_h.T + b_h)
    return h, torch.tanh(h @ W_h + b_x)

# %% ex01-affine | wrong | returns x_hat alone | The pair
def autoencode(x, W_h, b_h, W_x, b_x):
    return torch.tanh(torch.tanh(x @ W_h.T + b_h) @ W_x.T + b_x)

# %% ex01-affine | wrong | pair the wrong way round | shape
def autoencode(x, W_h, b_h, W_x, b_x):
    h = torch.tanh(x @ W_h.T + b_h)
    return torch.tanh(h @ W_x.T + b_x), h

# %% ex01-affine | wrong | changes its input | in place
def autoencode(x, W_h, b_h, W_x, b_x):
    b_h += 1
    b_h -= 0.999
    h = torch.tanh(x @ W_h.T + b_h)
    return h, torch.tanh(h @ W_x.T + b_x)

# %% ex01-affine | wrong | without gradients | cut off
def autoencode(x, W_h, b_h, W_x, b_x):
    with torch.no_grad():
        h = torch.tanh(x @ W_h.T + b_h)
        return h, torch.tanh(h @ W_x.T + b_x)

# %% ex01-affine | right | F.linear
def autoencode(x, W_h, b_h, W_x, b_x):
    h = F.linear(x, W_h, b_h).tanh()
    return h, F.linear(h, W_x, b_x).tanh()

# %% ex01-affine | right | einsum
def autoencode(x, W_h, b_h, W_x, b_x):
    h = torch.tanh(torch.einsum("bn,dn->bd", x, W_h) + b_h)
    return h, torch.tanh(torch.einsum("bd,nd->bn", h, W_x) + b_x)

# %% ex01-affine | right | a loop over the images
def autoencode(x, W_h, b_h, W_x, b_x):
    codes, images = [], []
    for row in x:
        code = torch.tanh(W_h.mv(row) + b_h)
        codes.append(code)
        images.append(torch.tanh(W_x.mv(code) + b_x))
    return torch.stack(codes), torch.stack(images)

# %% ex01-squared | wrong | torch's default reduction | averaged over the pixels too
def squared_error(x, x_hat):
    return F.mse_loss(x_hat, x)

# %% ex01-squared | wrong | summed over everything | summed over the images too
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum()

# %% ex01-squared | wrong | last dimension only | only the last dimension
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum(-1).mean()

# %% ex01-squared | wrong | one dimension only | only one dimension
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum(1).mean()

# %% ex01-squared | wrong | no average | one value an image
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).flatten(1).sum(1)

# %% ex01-squared | wrong | distance in place of its square | square root
def squared_error(x, x_hat):
    return (x - x_hat).flatten(1).norm(dim=1).mean()

# %% ex01-squared | wrong | absolute difference | absolute difference
def squared_error(x, x_hat):
    return (x - x_hat).abs().flatten(1).sum(1).mean()

# %% ex01-squared | wrong | a factor of one half | factor 1/2
def squared_error(x, x_hat):
    return 0.5 * ((x - x_hat) ** 2).flatten(1).sum(1).mean()

# %% ex01-squared | wrong | cut off from the graph | cut off
def squared_error(x, x_hat):
    return torch.tensor(((x - x_hat) ** 2).flatten(1).sum(1).mean().item())

# %% ex01-squared | wrong | a float | a tensor was expected
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).flatten(1).sum(1).mean().item()

# %% ex01-squared | wrong | batch size of the example | expected
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum() / 2

# %% ex01-squared | wrong | float64 | dtype
def squared_error(x, x_hat):
    return ((x.double() - x_hat.double()) ** 2).flatten(1).sum(1).mean()

# %% ex01-squared | wrong | changes x in place | in place
def squared_error(x, x_hat):
    x -= x_hat.detach()
    return (x ** 2).flatten(1).sum(1).mean() + 0 * x_hat.sum()

# %% ex01-squared | right | F.mse_loss with its sum
def squared_error(x, x_hat):
    return F.mse_loss(x_hat, x, reduction="sum") / x.shape[0]

# %% ex01-squared | right | a loop
def squared_error(x, x_hat):
    total = 0
    for a, b in zip(x, x_hat):
        total = total + torch.sum((a - b) ** 2)
    return total / len(x)

# %% ex01-squared | right | dimensions by number
def squared_error(x, x_hat):
    return torch.pow(x - x_hat, 2).sum(dim=tuple(range(1, x.ndim))).mean()

# %% ex01-bce | wrong | torch's default reduction | averaged over the pixels too
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x_hat, x)

# %% ex01-bce | wrong | no minus | minus sign
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return (x * p + (1 - x) * q).flatten(1).sum(1).mean()

# %% ex01-bce | wrong | only the white half | second half
def binary_cross_entropy(x, x_hat):
    return -(x * x_hat.log().clamp(min=-100)).flatten(1).sum(1).mean()

# %% ex01-bce | wrong | swapped arguments | swapped
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x, x_hat, reduction="sum") / len(x)

# %% ex01-bce | wrong | logarithm of zero | finite
def binary_cross_entropy(x, x_hat):
    return -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).flatten(1).sum(1).mean()

# %% ex01-bce | wrong | a small number in the logarithm | small number
def binary_cross_entropy(x, x_hat):
    e = 1e-8
    return -(x * (x_hat + e).log() + (1 - x) * (1 - x_hat + e).log()).flatten(1).sum(1).mean()

# %% ex01-bce | wrong | one dimension only | only one dimension
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log().clamp(min=-100), (1 - x_hat).log().clamp(min=-100)
    return -(x * p + (1 - x) * q).sum(1).mean()

# %% ex01-bce | wrong | base 2 | base 2
def binary_cross_entropy(x, x_hat):
    p, q = x_hat.log2().clamp(min=-100), (1 - x_hat).log2().clamp(min=-100)
    return -(x * p + (1 - x) * q).flatten(1).sum(1).mean()

# %% ex01-bce | wrong | x rounded | rounded
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x_hat, x.round(), reduction="sum") / len(x)

# %% ex01-bce | right | F.binary_cross_entropy with its sum
def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x_hat, x, reduction="sum") / len(x)

# %% ex01-bce | right | torch.where on the logarithms
def binary_cross_entropy(x, x_hat):
    floor = torch.tensor(-100.0)
    p, q = torch.maximum(torch.log(x_hat), floor), torch.maximum(torch.log1p(-x_hat), floor)
    return torch.sum(-x * p - (1 - x) * q) / x.shape[0]

# %% ex01-bce | right | a loop over the images
def binary_cross_entropy(x, x_hat):
    losses = []
    for a, b in zip(x, x_hat):
        losses.append(-(a * b.log().clamp(-100) + (1 - a) * (1 - b).log().clamp(-100)).sum())
    return torch.stack(losses).mean()

# %% ex01-step | wrong | no zero_grad | zero_grad is missing
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex01-step | wrong | no step | never moved
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    return loss.item()

# %% ex01-step | wrong | no backward | never moved
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    optimiser.step()
    return loss.item()

# %% ex01-step | wrong | zero_grad between backward and step | between the two
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.zero_grad()
    optimiser.step()
    return loss.item()

# %% ex01-step | wrong | returns a tensor | .item()
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss

# %% ex01-step | wrong | returns nothing | None
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

# %% ex01-step | wrong | loss after the step | after the step
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss_function(x, model(x)).item()

# %% ex01-step | wrong | arguments of the loss swapped | x first
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(model(x), x)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex01-step | wrong | an optimiser of its own | The optimiser that was given
def train_step(model, optimiser, loss_function, x):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex01-step | wrong | two forward passes | called 2 times
def train_step(model, optimiser, loss_function, x):
    before = loss_function(x, model(x)).item()
    optimiser.zero_grad()
    loss_function(x, model(x)).backward()
    optimiser.step()
    return before

# %% ex01-step | wrong | evaluation mode | evaluation mode
def train_step(model, optimiser, loss_function, x):
    model.eval()
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# %% ex01-step | wrong | zero_grad last | zero_grad comes last
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.step()
    optimiser.zero_grad()
    return loss.item()

# %% ex01-step | wrong | loss cut to a whole number | returned loss
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return int(loss)

# %% ex01-step | right | zero_grad first, on the model
def train_step(model, optimiser, loss_function, x):
    model.zero_grad()
    loss = loss_function(x, model(x))
    loss.backward()
    optimiser.step()
    return float(loss.detach())

# %% ex01-step | right | set_to_none=False
def train_step(model, optimiser, loss_function, x):
    optimiser.zero_grad(set_to_none=False)
    loss = loss_function(x, model.forward(x))
    value = loss.detach().item()
    loss.backward()
    optimiser.step()
    return value

# %% ex01-step | right | gradients by hand
def train_step(model, optimiser, loss_function, x):
    loss = loss_function(x, model(x))
    parameters = list(model.parameters())
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = gradient
    optimiser.step()
    return loss.tolist()

# %% ex01-model | wrong | no tanh on the code | encoder
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Linear(n, d)
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | wrong | sigmoid output | decoder
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | wrong | forward stops at the code | the code
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.encoder(x)

# %% ex01-model | wrong | sizes of MNIST | were expected
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 30), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(30, 784), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | wrong | sizes the wrong way round | This happened in
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | wrong | no biases | bias
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d, bias=False), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n, bias=False), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | wrong | a hidden layer | more than one layer
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, 8), nn.ReLU(), nn.Linear(8, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | wrong | the code detached | gradient
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x).detach())

# %% ex01-model | wrong | functions in place of modules | no module self.encoder
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n, d), nn.Tanh(), nn.Linear(d, n), nn.Tanh())

    def forward(self, x):
        return self.net(x)

# %% ex01-model | right | modules of its own
class Autoencoder(nn.Module):
    class Half(nn.Module):
        def __init__(self, a, b):
            super().__init__()
            self.W = nn.Parameter(torch.randn(b, a) / a**0.5)
            self.b = nn.Parameter(torch.randn(b) / 10)

        def forward(self, x):
            return torch.tanh(x @ self.W.T + self.b)

    def __init__(self, n, d):
        super().__init__()
        self.encoder, self.decoder = self.Half(n, d), self.Half(d, n)

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | right | biases that start from zero
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, d), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(d, n), nn.Tanh())
        nn.init.zeros_(self.encoder[0].bias)
        nn.init.zeros_(self.decoder[0].bias)

    def forward(self, x):
        return self.decoder(self.encoder(x))

# %% ex01-model | right | a Sequential of Sequentials
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        half = lambda a, b: nn.Sequential(nn.Linear(a, b), nn.Tanh())
        self.encoder = half(n, d)
        self.decoder = half(d, n)
        self.whole = nn.Sequential(self.encoder, self.decoder)

    def forward(self, x):
        return self.whole(x)

# %% ex01-model | right | named parts
class Autoencoder(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.encoder = nn.Sequential()
        self.encoder.add_module("affine", nn.Linear(n, d))
        self.encoder.add_module("squash", nn.Tanh())
        self.decoder = nn.Sequential()
        self.decoder.add_module("affine", nn.Linear(d, n))
        self.decoder.add_module("squash", nn.Tanh())

    def forward(self, x):
        h = self.encoder(x)
        x_hat = self.decoder(h)
        return x_hat

# %% ex01-blend | wrong | mixes the images | before encoding
def blend(model, x_a, x_b, t):
    return model.decoder(model.encoder((1 - t) * x_a + t * x_b))

# %% ex01-blend | wrong | mixes the outputs | two outputs
def blend(model, x_a, x_b, t):
    return (1 - t) * model.decoder(model.encoder(x_a)) + t * model.decoder(model.encoder(x_b))

# %% ex01-blend | wrong | a and b swapped | swapped
def blend(model, x_a, x_b, t):
    return model.decoder(t * model.encoder(x_a) + (1 - t) * model.encoder(x_b))

# %% ex01-blend | wrong | not decoded | decoded
def blend(model, x_a, x_b, t):
    return (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)

# %% ex01-blend | wrong | always the middle | one half
def blend(model, x_a, x_b, t):
    return model.decoder((model.encoder(x_a) + model.encoder(x_b)) / 2)

# %% ex01-blend | wrong | added | added, not mixed
def blend(model, x_a, x_b, t):
    return model.decoder(model.encoder(x_a) + t * model.encoder(x_b))

# %% ex01-blend | wrong | mixes in place | in place
def blend(model, x_a, x_b, t):
    h = (1 - t) * model.encoder(x_a) + t * model.encoder(x_b)
    x_a.zero_()
    return model.decoder(h)

# %% ex01-blend | right | torch.lerp
def blend(model, x_a, x_b, t):
    return model.decoder(torch.lerp(model.encoder(x_a), model.encoder(x_b), t))

# %% ex01-blend | right | one pass for both
def blend(model, x_a, x_b, t):
    h_a, h_b = model.encoder(torch.cat([x_a, x_b])).chunk(2)
    return model.decoder(h_a + t * (h_b - h_a))

# %% ex01-blend | right | the ends through the whole model
def blend(model, x_a, x_b, t):
    if t == 0:
        return model(x_a)
    if t == 1:
        return model(x_b)
    return model.decoder((1 - t) * model.encoder(x_a) + t * model.encoder(x_b))

# %% ex01-blend | right | without gradients
def blend(model, x_a, x_b, t):
    with torch.no_grad():
        codes = [model.encoder(x) for x in (x_a, x_b)]
        return model.decoder(codes[0] * (1 - t) + codes[1] * t)

# %% ex01-tied | wrong | two matrices | one matrix for both
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.up = nn.Parameter(self.weight.detach().clone())
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.up + self.centre

# %% ex01-tied | wrong | centre not taken away | not taken away
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return x @ self.weight.T @ self.weight + self.centre

# %% ex01-tied | wrong | centre not added back | not added back
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight

# %% ex01-tied | wrong | decoder detached | the second use of the matrix
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight.detach() + self.centre

# %% ex01-tied | wrong | a plain tensor | nn.Parameter
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = torch.randn(d, n, requires_grad=True)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight + self.centre

# %% ex01-tied | wrong | weight starts from zero | random numbers
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(d, n))
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight.T @ self.weight

# %% ex01-tied | wrong | the shape turned round | shape
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, d) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ self.weight @ self.weight.T + self.centre

# %% ex01-tied | wrong | a tanh on the code | tanh
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d, n) / n**0.5)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return torch.tanh((x - self.centre) @ self.weight.T) @ self.weight + self.centre

# %% ex01-tied | right | F.linear
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d, n))
        nn.init.xavier_uniform_(self.weight)
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        z = F.linear(x - self.centre, self.weight)
        return F.linear(z, self.weight.T, self.centre)

# %% ex01-tied | right | einsum
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(0.1 * torch.randn(d, n))
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        z = torch.einsum("dn,bn->bd", self.weight, x - self.centre)
        return torch.einsum("dn,bd->bn", self.weight, z) + self.centre

# %% ex01-tied | right | the n x n matrix made first
class TiedLinear(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(nn.Linear(n, d).weight.detach())
        self.centre = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - self.centre) @ (self.weight.T @ self.weight) + self.centre

# %% ex01-pca | wrong | not centred | never taken away
def pca_error(train, test, k):
    axes = torch.linalg.svd(train, full_matrices=False).Vh[:k]
    return (test - test @ axes.T @ axes).square().sum(1).mean().item()

# %% ex01-pca | wrong | fitted to the test set | fitted to the test set
def pca_error(train, test, k):
    mean = test.mean(0)
    axes = torch.linalg.svd(test - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean().item()

# %% ex01-pca | wrong | the test set's own mean | its own mean
def pca_error(train, test, k):
    axes = torch.linalg.svd(train - train.mean(0), full_matrices=False).Vh[:k]
    centred = test - test.mean(0)
    return (centred - centred @ axes.T @ axes).square().sum(1).mean().item()

# %% ex01-pca | wrong | eigh not sorted downwards | smallest variance
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.eigh((train - mean).T @ (train - mean)).eigenvectors[:, :k].T
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean().item()

# %% ex01-pca | wrong | averaged over features too | over the features
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().mean().item()

# %% ex01-pca | wrong | summed over samples | over the samples
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum().item()

# %% ex01-pca | wrong | error on the training set | training set
def pca_error(train, test, k):
    centred = train - train.mean(0)
    axes = torch.linalg.svd(centred, full_matrices=False).Vh[:k]
    return (centred - centred @ axes.T @ axes).square().sum(1).mean().item()

# %% ex01-pca | wrong | returns a tensor | .item()
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh[:k]
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean()

# %% ex01-pca | wrong | all axes kept | all axes were kept
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.svd(train - mean, full_matrices=False).Vh
    return ((test - mean) - (test - mean) @ axes.T @ axes).square().sum(1).mean().item()

# %% ex01-pca | right | eigh of the covariance
def pca_error(train, test, k):
    mean = train.mean(0)
    axes = torch.linalg.eigh(torch.cov(train.T)).eigenvectors[:, -k:]
    z = (test - mean) @ axes
    return float(((test - mean) - z @ axes.T).pow(2).sum(dim=1).mean())

# %% ex01-pca | right | scikit-learn
def pca_error(train, test, k):
    from sklearn.decomposition import PCA
    pca = PCA(k, svd_solver="full").fit(train.numpy())
    back = torch.from_numpy(pca.inverse_transform(pca.transform(test.numpy())))
    return ((test - back) ** 2).sum(1).mean().item()

# %% ex01-pca | right | what the kept axes leave over
def pca_error(train, test, k):
    mean = train.mean(0)
    U, S, Vh = torch.linalg.svd(train - mean)
    left_over = (test - mean) @ Vh[k:].T
    return left_over.norm(dim=1).square().mean().item()
