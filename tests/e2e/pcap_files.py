"""Capture files: writes pcap and pcapng in every byte order and resolution,
reads pcap. Uses no library, so that tests control every byte."""

import struct

LINKTYPE_ETHERNET = 1
START_SECONDS = 1_700_000_000
STEP_NS = 1_000_000

_MAGIC = {False: 0xA1B2C3D4, True: 0xA1B23C4D}


def times(count):
    """Nanoseconds since the epoch for `count` frames, 1 ms apart."""
    return [START_SECONDS * 10**9 + i * STEP_NS for i in range(count)]


def pcap(frames, nanoseconds=False, byte_order="<", linktype=LINKTYPE_ETHERNET,
         snaplen=65535, times_ns=None):
    out = [struct.pack(byte_order + "IHHiIII", _MAGIC[nanoseconds], 2, 4, 0, 0,
                       snaplen, linktype)]
    for time_ns, frame in zip(times_ns or times(len(frames)), frames):
        seconds, rest = divmod(time_ns, 10**9)
        kept = frame[:snaplen]
        out.append(struct.pack(byte_order + "IIII", seconds,
                               rest if nanoseconds else rest // 1000,
                               len(kept), len(frame)))
        out.append(kept)
    return b"".join(out)


def _block(byte_order, kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack(byte_order + "I", len(body) + 12)
    return struct.pack(byte_order + "I", kind) + length + body + length


def pcapng(frames, nanoseconds=False, byte_order="<",
           linktype=LINKTYPE_ETHERNET, if_name=""):
    section = struct.pack(byte_order + "IHHq", 0x1A2B3C4D, 1, 0, -1)
    options = b""
    if if_name:
        options += struct.pack(byte_order + "HH", 2, len(if_name))
        options += if_name.encode() + b"\0" * (-len(if_name) % 4)
    if nanoseconds:  # if_tsresol = 9, end of options
        options += struct.pack(byte_order + "HHBxxxHH", 9, 1, 9, 0, 0)
    interface = struct.pack(byte_order + "HHI", linktype, 0, 65535) + options
    out = [_block(byte_order, 0x0A0D0D0A, section),
           _block(byte_order, 1, interface)]
    for time_ns, frame in zip(times(len(frames)), frames):
        stamp = time_ns if nanoseconds else time_ns // 1000
        head = struct.pack(byte_order + "IIIII", 0, stamp >> 32,
                           stamp & 0xFFFFFFFF, len(frame), len(frame))
        out.append(_block(byte_order, 6, head + frame))
    return b"".join(out)


def _records(path):
    """(ns since the epoch, frame as captured, wire length) of each frame."""
    data = path.read_bytes()
    for byte_order in "<>":
        magic = struct.unpack_from(byte_order + "I", data)[0]
        if magic in _MAGIC.values():
            break
    else:
        raise ValueError(f"{path}: not a pcap file")
    unit_ns = 1 if magic == _MAGIC[True] else 1000
    at = 24
    while at < len(data):
        seconds, rest, kept, wire = struct.unpack_from(byte_order + "IIII",
                                                       data, at)
        yield (seconds * 10**9 + rest * unit_ns,
               data[at + 16:at + 16 + kept], wire)
        at += 16 + kept


def read_pcap(path):
    """[(frame as captured, wire length)] of a pcap file."""
    return [(frame, wire) for _, frame, wire in _records(path)]


def read_times(path):
    """[(ns since the epoch, frame as captured)] of a pcap file."""
    return [(time_ns, frame) for time_ns, frame, _ in _records(path)]
