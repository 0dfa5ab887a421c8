"""A device that is not there: it tries, without a GPU, what is done for one.

Its tensors hold a tensor of the CPU each and do on it what they are asked; a tensor of the CPU
among them is an error, as on a GPU. `test_2_training` runs this in a process of its own, since
torch does not forget a device.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.utils import backend_registration as devices
from torch.utils._pytree import tree_map
from torch.utils.data import TensorDataset

from utils import training

HELD: dict[int, Tensor] = {}  # the storage of a tensor of the device -> what it holds


class Device(devices._DummyBackendModule):
    """What torch asks of a device, and that it has memory."""

    def mem_get_info(self, device: torch.device) -> tuple[int, int]:
        return 1 << 30, 1 << 30


def there(value: object) -> object:
    """A tensor of the CPU as one of the device."""
    if not isinstance(value, Tensor):
        return value
    tensor = torch._C._acc.create_empty_tensor(tuple(value.shape), value.dtype)
    HELD[tensor.untyped_storage()._cdata] = value.contiguous()
    return tensor


def held(value: object) -> object:
    """What a tensor of the device holds. Of the CPU only single numbers may stand beside it."""
    if isinstance(value, torch.device):
        return torch.device("cpu")
    if not isinstance(value, Tensor):
        return value
    if value.device.type == "cpu":
        if value.dim():
            raise RuntimeError("on the same device: one tensor is on the CPU")
        return value
    whole = HELD[value.untyped_storage()._cdata]  # the tensor may be a view of it
    return whole.as_strided(value.shape, value.stride(), value.storage_offset())


def do(operation, *args, **named):
    """Any operation of torch, done on what the tensors hold."""
    if operation._schema.name == "aten::_copy_from":  # passes between devices
        source, target = (a if a.device.type == "cpu" else held(a) for a in args[:2])
        target.copy_(source)
        return args[1]
    inside = tree_map(held, args)
    if operation._schema.name == "aten::_fused_adam_":  # reads memory in the weights' order
        inside = (inside[0], [grad.contiguous() for grad in inside[1]], *inside[2:])
    result = operation(*inside, **tree_map(held, named))
    changes = operation._schema.name.endswith("_") and isinstance(result, Tensor)
    return args[0] if changes else tree_map(there, result)


devices._setup_privateuseone_for_python_backend("pretend", Device())
library = torch.library.Library("_", "IMPL")
library.fallback(do, "PrivateUse1")

torch.manual_seed(0)
x, outside, moved = torch.randn(300, 16), torch.ones(16), []
at_start = nn.Sequential(
    nn.Linear(16, 8, bias=False), nn.BatchNorm1d(8), nn.SiLU(), nn.Linear(8, 16)
)


def loss(model: nn.Module, x: Tensor) -> Tensor:
    """Makes its own noise and mask, without naming a device."""
    moved.append(x.device.type)
    spoilt = (x + 0.1 * torch.randn(len(x), 16)) * (torch.rand(16) < 0.9)
    return (model(spoilt) - x).square().sum(1).mean()


def run(device: torch.device | None, loss=loss) -> tuple[dict[str, Tensor], list[float]]:
    torch.manual_seed(1)
    model, data = copy.deepcopy(at_start), TensorDataset(x)
    try:
        history = training.fit(model, data, loss, 2, test=data, batch_size=32, device=device)
    finally:
        state = model.state_dict()
        assert all(tensor.device.type == "cpu" for tensor in state.values()), "not back"
    return state, history.train + history.test


device = training.pick_device()
assert device.type == "pretend", device
here, losses = run(None)
assert set(moved) == {"cpu"}
moved.clear()
trained, its_losses = run(device)
assert set(moved) == {"pretend"}
assert all(torch.allclose(here[name], trained[name], atol=1e-6) for name in here)
assert torch.allclose(torch.tensor(losses), torch.tensor(its_losses))
assert not torch.equal(trained["0.weight"], at_start[0].weight)
try:
    run(device, lambda model, x: (model(x) * outside).sum())
except RuntimeError as error:
    assert "on the same device" in str(error), error
else:
    raise AssertionError("a tensor of the CPU was not noticed")
