#include "ntm/decode/packet.h"

namespace ntm {

const char* ReasonName(DecodeStatus status) noexcept {
  switch (status) {
    case DecodeStatus::kOk:
      return "ok";
    case DecodeStatus::kTruncatedLink:
      return "truncated_link";
    case DecodeStatus::kTruncatedIp:
      return "truncated_ip";
    case DecodeStatus::kBadIpVersion:
      return "bad_ip_version";
    case DecodeStatus::kBadIpHeaderLength:
      return "bad_ip_header_length";
    case DecodeStatus::kUnsupportedLinkType:
      return "unsupported_link_type";
    case DecodeStatus::kCount:
      break;
  }
  return "";
}

const char* ReasonName(Anomaly anomaly) noexcept {
  switch (anomaly) {
    case Anomaly::kIpLengthZero:
      return "ip_length_zero";
    case Anomaly::kIpLengthBeyondFrame:
      return "ip_length_beyond_frame";
    case Anomaly::kIpLengthBelowHeader:
      return "ip_length_below_header";
    case Anomaly::kTruncatedTransport:
      return "truncated_transport";
    case Anomaly::kTruncatedExtension:
      return "truncated_extension";
    case Anomaly::kCount:
      break;
  }
  return "";
}

}  // namespace ntm
