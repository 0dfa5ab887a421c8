"""utils.data: five sources in their order, damaged files, broken and hanging downloads."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import shutil
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
import torch

COURSE = Path(__file__).resolve().parent.parent
RAW = Path("MNIST/raw")
FILES = [
    f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
]


@pytest.fixture
def small(fresh_data, monkeypatch):
    """The loader with sets of 20 and 10 images in place of 60,000 and 10,000."""
    monkeypatch.setattr(fresh_data, "_SIZE", {"train": 20, "test": 10})
    return fresh_data


def write_set(data, monkeypatch, folder: Path, name: str = "mnist", mark: int = 0) -> Path:
    """A whole small set on disk, whose first pixel is ``mark``, with its checksums known."""
    folder.mkdir(parents=True, exist_ok=True)
    sums = {}
    for prefix, n in (("train", 20), ("t10k", 10)):
        generator = torch.Generator().manual_seed(n)
        pixels = torch.randint(256, (n, 784), generator=generator, dtype=torch.uint8)
        pixels[0, :3] = torch.tensor([mark, 0, 255], dtype=torch.uint8)
        labels = ((torch.arange(n) + len(name)) % 10).to(torch.uint8)  # of this set alone
        for kind, shape, content in (
            ("images-idx3", (n, 28, 28), pixels),
            ("labels-idx1", (n,), labels),
        ):
            sizes = b"".join(size.to_bytes(4, "big") for size in shape)
            whole = b"\0\0\x08" + bytes([len(shape)]) + sizes + content.numpy().tobytes()
            (folder / f"{prefix}-{kind}-ubyte").write_bytes(whole)
            sums[f"{prefix}-{kind}-ubyte"] = hashlib.md5(whole).hexdigest()
    monkeypatch.setitem(data.places.SUMS, name, sums)
    return folder


def gzip_all(folder: Path, into: Path) -> Path:
    into.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        (into / f"{file}.gz").write_bytes(gzip.compress((folder / file).read_bytes(), mtime=0))
    return into


@pytest.fixture
def serve(monkeypatch):
    """``serve(data, folder)`` offers a folder's archives as torchvision's mirror of MNIST."""
    servers = []

    def start(data, folder: Path) -> None:
        handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        mnist = data._torchvision("mnist")
        monkeypatch.setattr(mnist, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
        sums = [
            (file.name, hashlib.md5(file.read_bytes()).hexdigest())
            for file in sorted(folder.glob("*.gz"))
        ]
        monkeypatch.setattr(mnist, "resources", sums)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


# ---------------------------------------------------------------- what comes back


@pytest.mark.parametrize("name", ["mnist", "fashion"])
def test_the_real_sets(name, real_sets):
    from utils import data

    for split, n in (("train", 60_000), ("test", 10_000)):
        dataset = data.load(name, split, value_range=(-1, 1))
        assert dataset.images.shape == (n, 1, 28, 28) and dataset.images.dtype == torch.float32
        assert dataset.labels.shape == (n,) and dataset.labels.dtype == torch.int64
        assert (dataset.images.min(), dataset.images.max()) == (-1, 1)
        assert set(dataset.labels.tolist()) == set(range(10))
        theirs = data._torchvision(name).classes  # "0 - zero" there, "0" here
        assert dataset.classes == [words.split(" - ")[0] for words in theirs]
        assert not dataset.is_standin


@pytest.mark.parametrize(("name", "title"), [("mnist", "MNIST"), ("fashion", "Fashion-MNIST")])
def test_the_standins_are_announced_and_named(name, title, fresh_data, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    for split, n in (("train", 60_000), ("test", 10_000)):
        dataset = fresh_data.load(name, split)
        assert dataset.images.shape == (n, 1, 28, 28) and dataset.is_standin
        assert dataset.title == f"stand-in for {title}"
    printed = capsys.readouterr().out
    assert printed.count(f"this is not {title} but the course's stand-in") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cifar",), "no image set 'cifar'; the course has 'mnist' and 'fashion'"),
        (("mnist", "valid"), "no split 'valid'"),
        (("mnist", "train", (1, 0)), r"low < high.*got \(1, 0\)"),
        (("mnist", "train", (0.5, 0.5)), "low < high"),
        (("mnist", "train", (0.0, float("nan"))), "low < high"),
    ],
)
def test_bad_arguments(arguments, message, fresh_data):
    with pytest.raises(ValueError, match=message):
        fresh_data.load(*arguments)


# ---------------------------------------------------------------- where it comes from


def test_course_data_comes_first(small, monkeypatch, tmp_path, capsys):
    write_set(small, monkeypatch, small.DATA_FOLDER / RAW, mark=1)
    write_set(small, monkeypatch, tmp_path / "mine" / RAW, mark=2)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "mine"))
    dataset = small.load("mnist", "train", value_range=(0, 255))
    assert dataset.images[0, 0, 0, 0] == 2
    assert dataset.source == "the folder in COURSE_DATA"
    assert "from the folder in COURSE_DATA" in capsys.readouterr().out


def test_course_data_without_the_set_is_said_and_passed_over(small, monkeypatch, tmp_path, capsys):
    write_set(small, monkeypatch, small.DATA_FOLDER / RAW, mark=1)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "elsewhere"))
    assert small.load("mnist").source == "data/"
    assert "MNIST is not in" in capsys.readouterr().out


LAID_OUT = {
    "under its name": "MNIST/{file}",
    "in lower case": "mnist/raw/{file}",
    "with a dot": "MNIST/raw/{dotted}",
    "as Kaggle has it": "{file}/{file}",
    "in the open": "{dotted}.gz",
}


@pytest.mark.parametrize("layout", LAID_OUT)
def test_files_that_are_laid_out_otherwise_are_found(layout, small, monkeypatch, tmp_path):
    plain, root = write_set(small, monkeypatch, tmp_path / "plain", mark=5), tmp_path / "mine"
    for file in FILES:
        path = root / LAID_OUT[layout].format(file=file, dotted=file.replace("-idx", ".idx"))
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = (plain / file).read_bytes()
        path.write_bytes(gzip.compress(whole) if path.suffix == ".gz" else whole)
    monkeypatch.setenv("COURSE_DATA", str(root))
    dataset = small.load("mnist", value_range=(0, 255))
    assert dataset.images[0, 0, 0, 0] == 5 and dataset.source == "the folder in COURSE_DATA"
    assert small.load("fashion").is_standin, "nothing of this is Fashion-MNIST's"


@pytest.mark.parametrize("written", ["{}/MNIST", "{}/MNIST/raw", '"{}"', " {} ", "{}/MNIST/"])
def test_course_data_may_be_written_otherwise(written, small, monkeypatch, tmp_path):
    write_set(small, monkeypatch, tmp_path / "a b" / RAW)
    write_set(small, monkeypatch, tmp_path / "a b/FashionMNIST/raw", name="fashion", mark=1)
    monkeypatch.setenv("COURSE_DATA", written.format(tmp_path / "a b"))
    for name in ("mnist", "fashion"):
        assert small.load(name).source == "the folder in COURSE_DATA"


@pytest.mark.parametrize("written", ["standin", "Stand-in", " 'stand_in' "])
def test_the_standin_may_be_written_otherwise(written, small, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", written)
    assert small.load("mnist").is_standin
    assert "COURSE_DATA asks for it" in capsys.readouterr().out


def test_what_was_looked_for_is_said(small, monkeypatch, tmp_path, capsys):
    write_set(small, monkeypatch, small.DATA_FOLDER / RAW)
    for folder, words in (
        ("other", "Looked in MNIST/raw, MNIST and the folder itself for train-images-idx3-ubyte,"),
        ("nowhere", "There is no such folder."),
        ("fashion-files", "The files there are those of Fashion-MNIST."),
    ):
        (tmp_path / "other").mkdir(exist_ok=True)
        write_set(small, monkeypatch, tmp_path / "fashion-files", name="fashion")
        monkeypatch.setenv("COURSE_DATA", str(tmp_path / folder))
        small._locate.cache_clear()
        assert small.load("mnist").source == "data/"
        assert words in capsys.readouterr().out


def test_the_other_sets_files_are_called_that(small, monkeypatch):
    write_set(small, monkeypatch, small.DATA_FOLDER / "plain", mark=1)
    folder = write_set(small, monkeypatch, small.DATA_FOLDER / RAW, name="fashion", mark=2)
    with pytest.raises(small.DataError, match="is Fashion-MNIST's file and not MNIST's") as problem:
        small.load("mnist")
    assert f"Delete the folder {folder}" in str(problem.value)


@pytest.mark.parametrize("written", ["sets", "~/sets"])
def test_a_course_data_relative_to_the_course_or_home(written, small, monkeypatch, tmp_path):
    write_set(small, monkeypatch, tmp_path / "sets" / RAW)
    monkeypatch.setattr(small.places, "COURSE", tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA", written)
    assert small.load("mnist").source == "the folder in COURSE_DATA"


def test_debian_package_comes_before_a_download(small, monkeypatch, tmp_path):
    plain = write_set(small, monkeypatch, tmp_path / "plain", name="fashion", mark=3)
    gzip_all(plain, small.DEBIAN_FOLDER)
    dataset = small.load("fashion", "test", value_range=(0, 255))
    assert dataset.images[0, 0, 0, 0] == 3 and "Debian" in dataset.source


def test_download_is_whole_and_is_kept(small, monkeypatch, tmp_path, serve):
    serve(
        small, gzip_all(write_set(small, monkeypatch, tmp_path / "plain", mark=4), tmp_path / "gz")
    )
    dataset = small.load("mnist", value_range=(0, 255))
    assert dataset.images[0, 0, 0, 0] == 4 and "downloaded just now" in dataset.source
    assert sorted(p.name for p in (small.DATA_FOLDER / RAW).iterdir()) == sorted(FILES)
    assert [p.name for p in small.DATA_FOLDER.iterdir()] == ["MNIST"], "scratch files were left"
    small._locate.cache_clear()
    monkeypatch.setattr(small._torchvision("mnist"), "mirrors", [])
    assert small.load("mnist").source == "data/"


@pytest.mark.parametrize("damage", ["truncated", "another file"])
def test_broken_download_is_not_used(damage, small, monkeypatch, tmp_path, serve, capsys):
    archives = gzip_all(write_set(small, monkeypatch, tmp_path / "plain"), tmp_path / "gz")
    serve(small, archives)
    image = archives / "train-images-idx3-ubyte.gz"
    whole = image.read_bytes()
    image.write_bytes(whole[:-200] if damage == "truncated" else gzip.compress(bytes(20 * 784)))
    assert small.load("mnist").is_standin
    assert "its download broke off" in capsys.readouterr().out
    assert not list(small.DATA_FOLDER.rglob("*ubyte*")), "something half-read was kept"


def test_download_never_replaces_what_is_there(small, tmp_path):
    there, new = tmp_path / "there/raw", tmp_path / "new"
    for folder, text in ((there, "mine"), (new, "theirs")):
        folder.mkdir(parents=True)
        (folder / FILES[0]).write_text(text)
    small._install(new, there)
    assert (there / FILES[0]).read_text() == "mine"
    (there / FILES[0]).unlink()
    small._install(new, there)
    assert (there / FILES[0]).read_text() == "theirs", "an empty folder is no obstacle"


def test_no_network_means_the_standin_at_once(small, capsys):
    start = time.perf_counter()
    assert small.load("mnist").is_standin
    assert time.perf_counter() - start < 5
    assert "no server that offers it can be reached" in capsys.readouterr().out


def test_a_server_that_never_answers_costs_seconds(small, monkeypatch):
    """A socket that takes connections and says nothing, as a bad proxy does."""
    monkeypatch.setattr(small, "PROBE_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = [f"http://127.0.0.1:{silent.getsockname()[1]}/"]
        monkeypatch.setattr(small._torchvision("mnist"), "mirrors", address)
        start = time.perf_counter()
        assert small.load("mnist").is_standin
        assert time.perf_counter() - start < 5


def test_a_server_that_talks_nonsense_is_passed_over(small, monkeypatch):
    def talk(listener):
        for _ in range(2):
            with listener.accept()[0] as connection:
                connection.sendall(b"nonsense\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=talk, args=(listener,), daemon=True).start()
        address = [f"http://127.0.0.1:{listener.getsockname()[1]}/"]
        monkeypatch.setattr(small._torchvision("mnist"), "mirrors", address)
        assert small.load("mnist").is_standin


def test_unwritable_data_folder_is_named(small, monkeypatch, tmp_path, serve):
    serve(small, gzip_all(write_set(small, monkeypatch, tmp_path / "plain"), tmp_path / "gz"))
    small.DATA_FOLDER.write_text("a file where the folder should be")
    with pytest.raises(small.DataError, match=r"data can't be written.*set COURSE_DATA"):
        small.load("mnist")


def can_cut_off_the_network() -> bool:
    command = ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "true"]
    return shutil.which("bwrap") is not None and not subprocess.run(command).returncode


@pytest.mark.linux
@pytest.mark.skipif(
    not can_cut_off_the_network(),
    reason="bubblewrap is missing or not allowed to cut off the network: apt install bubblewrap",
)
def test_a_machine_without_network_or_data(tmp_path, tracked):
    """The whole course, copied, with an empty HOME and no network at all."""
    copy, home = tmp_path / "course", tmp_path / "home"
    home.mkdir()
    for path in tracked:
        if path.is_relative_to(COURSE / "utils") or path.name == "pyproject.toml":
            target = copy / path.relative_to(COURSE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    program = (
        "from utils import data, environment; environment.report();"
        "sets = [data.load(n, 'test') for n in ('mnist', 'fashion')];"
        "print([s.title for s in sets])"
    )
    # An empty folder hides Debian's package, which this machine may have.
    hide = ["--tmpfs", "/usr/share/datasets"] if Path("/usr/share/datasets").exists() else []
    run = subprocess.run(
        [
            *("bwrap", "--dev-bind", "/", "/", *hide, "--unshare-net"),
            *("--unsetenv", "COURSE_DATA", "--setenv", "HOME", str(home), "--chdir", str(copy)),
            *(sys.executable, "-c", program),
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    assert "['stand-in for MNIST', 'stand-in for Fashion-MNIST']" in run.stdout


# ---------------------------------------------------------------- damaged files


@pytest.mark.parametrize(
    "kind", ["truncated", "longer", "one byte changed", "missing", "bad archive"]
)
def test_damaged_file_is_named_and_not_passed_over(kind, small, monkeypatch):
    folder = write_set(small, monkeypatch, small.DATA_FOLDER / RAW)
    file = folder / "train-images-idx3-ubyte"
    whole = file.read_bytes()
    if kind in ("missing", "bad archive"):
        file.unlink()
    if kind == "bad archive":
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(whole)[:-30])
    damaged = {
        "truncated": whole[:-1],
        "longer": whole + b"x",
        "one byte changed": whole[:-1] + bytes([whole[-1] ^ 1]),
    }
    if kind in damaged:
        file.write_bytes(damaged[kind])
    with pytest.raises(small.DataError) as problem:
        small.load("mnist")
    assert "train-images-idx3-ubyte" in str(problem.value)
    assert f"Delete the folder {folder}" in str(problem.value)
    said = {"truncated": "is not whole", "longer": "is not whole", "one byte changed": "damaged"}
    assert said.get(kind, "") in str(problem.value)
    write_set(small, monkeypatch, folder)
    assert len(small.load("mnist")) == 20, "mended, and the same kernel goes on"


def test_a_deleted_folder_is_looked_for_anew(small, monkeypatch):
    folder = write_set(small, monkeypatch, small.DATA_FOLDER / RAW)
    (folder / FILES[0]).write_bytes(b"short")
    with pytest.raises(small.DataError):
        small.load("mnist")
    shutil.rmtree(folder)
    assert small.load("mnist").is_standin, "as the message told the reader to do"


def test_nobody_is_told_to_delete_a_folder_of_their_own(small, monkeypatch, tmp_path):
    folder = write_set(small, monkeypatch, tmp_path / "mine" / RAW)
    (folder / FILES[0]).write_bytes(b"short")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "mine"))
    with pytest.raises(small.DataError, match="Put a whole copy in its place") as problem:
        small.load("mnist")
    assert "elete the folder" not in str(problem.value)


# ---------------------------------------------------------------- batches


@pytest.fixture
def numbered(fresh_data):
    images = torch.arange(10.0).view(10, 1, 1, 1).expand(10, 1, 28, 28)
    return fresh_data.ImageSet(images, torch.arange(10), "t", "s", (0, 9), [])


def test_batches_hold_every_image_once_with_its_label(numbered, fresh_data):
    batches = list(fresh_data.batches(numbered, batch_size=4, seed=1))
    assert [len(x) for x, _ in batches] == [4, 4, 2]
    assert sorted(torch.cat([y for _, y in batches]).tolist()) == list(range(10))
    for x, labels in batches:
        assert x.shape[1:] == (1, 28, 28) and torch.equal(x[:, 0, 0, 0], labels.float())


def test_shuffling_is_new_each_pass_and_the_same_for_a_seed(numbered, fresh_data):
    def passes(seed):
        loader = fresh_data.batches(numbered, 3, seed=seed)
        return [torch.cat([y for _, y in loader]).tolist() for _ in range(3)]

    state = torch.get_rng_state()
    first = passes(0)
    assert first == passes(0) != passes(1)
    assert len({tuple(order) for order in first}) == 3
    in_order = fresh_data.batches(numbered, 3, shuffle=False)
    assert torch.cat([y for _, y in in_order]).tolist() == list(range(10))
    assert torch.equal(state, torch.get_rng_state()), "the global random state moved"


def test_batch_size_below_one(numbered, fresh_data):
    with pytest.raises(ValueError, match="batch_size is at least 1; got 0"):
        fresh_data.batches(numbered, 0)


def test_an_image_set_is_a_tensor_dataset(numbered):
    image, label = numbered[3]
    assert image.shape == (1, 28, 28) and label == 3 and len(numbered) == 10
    images, labels = numbered[torch.tensor([1, 5])]
    assert labels.tolist() == [1, 5] and images[:, 0, 0, 0].tolist() == [1, 5]


# ---------------------------------------------------------------- the stand-ins themselves


@pytest.mark.parametrize("name", ["digits", "garments"])
def test_standins_are_seeded_and_leave_the_global_state(name):
    from utils import standin

    draw, state = getattr(standin, name), torch.get_rng_state()
    images, labels = draw("train", 300)
    assert images.shape == (300, 28, 28) and images.dtype == torch.uint8
    assert labels.dtype == torch.int64 and labels.bincount().tolist() == [30] * 10
    assert torch.equal(images, draw("train", 300)[0])
    assert not torch.equal(images, draw("train", 300, seed=1)[0])
    assert not torch.equal(images, draw("test", 300)[0])
    assert torch.equal(state, torch.get_rng_state())
    assert images.amin((1, 2)).eq(0).all() and images.amax((1, 2)).gt(20).all()


@pytest.mark.parametrize("name", ["digits", "garments"])
def test_standin_classes_can_be_told_apart(name):
    """A nearest neighbour among other originals tells the class far more often than 1 in 10."""
    from utils import standin

    (x, y), (x_test, y_test) = (
        getattr(standin, name)(s, n) for s, n in (("train", 4000), ("test", 500))
    )
    nearest = torch.cdist(x_test.flatten(1).float(), x.flatten(1).float()).argmin(1)
    assert (y[nearest] == y_test).float().mean() > 0.6


@pytest.mark.parametrize("arguments", [("valid", 10), ("train", 0)])
def test_standin_bad_arguments(arguments):
    from utils import standin

    with pytest.raises(ValueError, match=str(arguments[0 if arguments[0] == "valid" else 1])):
        standin.digits(*arguments)
