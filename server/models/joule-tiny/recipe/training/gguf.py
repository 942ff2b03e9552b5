"""Writes and reads GGUF 3 files (F32, F16, Q8_0), after ggml's docs/gguf.md. Needs numpy; knows no network."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
NUMBER_FORMATS = {UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?", 10: "<Q"}
F32, F16, Q8_0 = 0, 1, 8
ALIGNMENT = 32
BLOCK = 32
"""Numbers that share a scale in Q8_0."""


@dataclass(frozen=True)
class Value:
    """A metadata value with its type; an array's `of` is the type of its elements."""

    type: int
    value: Any
    of: int = STRING


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _packed(value: Value) -> bytes:
    if value.type == STRING:
        return _string(value.value)
    if value.type == ARRAY:
        items = b"".join(_packed(Value(value.of, item)) for item in value.value)
        return struct.pack("<IQ", value.of, len(value.value)) + items
    return struct.pack(NUMBER_FORMATS[value.type], value.value)


def quantise(array: np.ndarray) -> bytes:
    """Q8_0: blocks of 32 numbers as a half-precision scale and signed bytes."""
    blocks = array.reshape(-1, BLOCK)
    scales = (np.abs(blocks).max(1) / 127).astype("<f2")
    inverse = np.where(scales > 0, 1 / np.maximum(scales.astype(np.float32), 1e-12), 0)
    packed = np.empty((len(blocks), 2 + BLOCK), np.uint8)
    packed[:, :2] = scales.view(np.uint8).reshape(-1, 2)
    packed[:, 2:] = np.clip(np.round(blocks * inverse[:, None]), -127, 127).astype(np.int8).view(np.uint8)
    return packed.tobytes()


def _tensor_data(array: np.ndarray, matrix_type: int) -> tuple[int, bytes]:
    if array.ndim == 1:
        return F32, array.astype("<f4").tobytes()
    if matrix_type == F16:
        return F16, array.astype("<f2").tobytes()
    return Q8_0, quantise(array)


def _padding(length: int) -> bytes:
    return b"\0" * (-length % ALIGNMENT)


def write(path: Path, metadata: Mapping[str, Value], tensors: Mapping[str, np.ndarray], matrix_type: int) -> None:
    """Matrices in `matrix_type` (F16 or Q8_0), vectors in F32."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        head += _string(key) + struct.pack("<I", value.type) + _packed(value)
    offset, blobs = 0, []
    for name, array in tensors.items():
        kind, data = _tensor_data(np.ascontiguousarray(array), matrix_type)
        sizes = struct.pack(f"<I{array.ndim}Q", array.ndim, *array.shape[::-1])
        head += _string(name) + sizes + struct.pack("<IQ", kind, offset)
        blobs.append(data + _padding(len(data)))
        offset += len(blobs[-1])
    path.write_bytes(head + _padding(len(head)) + b"".join(blobs))


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self.data, self.offset)
        self.offset += struct.calcsize(form)
        return values

    def string(self) -> str:
        (length,) = self.take("<Q")
        self.offset += length
        return self.data[self.offset - length : self.offset].decode()

    def value(self, kind: int) -> Any:
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            element, count = self.take("<IQ")
            return [self.value(element) for _ in range(count)]
        return self.take(NUMBER_FORMATS[kind])[0]


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Metadata and tensors as 32-bit numbers. Raises ValueError for other files and tensor types."""
    reader = _Reader(path.read_bytes())
    magic, version, tensor_count, key_count = reader.take("<4sIQQ")
    if magic != b"GGUF" or version != 3:
        raise ValueError(f"{path} is no GGUF 3 file")
    metadata = {}
    for _ in range(key_count):
        key = reader.string()
        metadata[key] = reader.value(reader.take("<I")[0])
    places = []
    for _ in range(tensor_count):
        name = reader.string()
        (dimensions,) = reader.take("<I")
        shape = reader.take(f"<{dimensions}Q")[::-1]
        places.append((name, shape, *reader.take("<IQ")))
    start = reader.offset + len(_padding(reader.offset))
    return metadata, {name: _tensor(reader.data, start + offset, shape, kind) for name, shape, kind, offset in places}


def _tensor(data: bytes, start: int, shape: tuple[int, ...], kind: int) -> np.ndarray:
    count = int(np.prod(shape))
    if kind == F32:
        flat = np.frombuffer(data, "<f4", count, start)
    elif kind == F16:
        flat = np.frombuffer(data, "<f2", count, start)
    elif kind == Q8_0:
        blocks = np.frombuffer(data, np.uint8, count // BLOCK * (2 + BLOCK), start).reshape(-1, 2 + BLOCK)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        flat = (blocks[:, 2:].view(np.int8) * scales).reshape(-1)
    else:
        raise ValueError(f"tensors of type {kind} can't be read")
    return flat.reshape(shape).astype(np.float32)
