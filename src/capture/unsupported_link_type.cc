#include "ntm/capture/unsupported_link_type.h"

#include <pcap/dlt.h>

#include "ntm/capture/capture.h"

namespace ntm {
namespace {

// Null: may carry such packets, as far as ntm knows.
const char* KindWithoutPackets(int link_type) {
  switch (link_type) {
    case DLT_USB_FREEBSD:
    case DLT_USB_LINUX:
    case DLT_USB_LINUX_MMAPPED:
    case DLT_USBPCAP:
    case DLT_USB_DARWIN:
    case DLT_USB_2_0:
      return "USB";
    case DLT_BLUETOOTH_HCI_H4:
    case DLT_BLUETOOTH_HCI_H4_WITH_PHDR:
    case DLT_BLUETOOTH_LE_LL:
    case DLT_BLUETOOTH_LE_LL_WITH_PHDR:
    case DLT_BLUETOOTH_LINUX_MONITOR:
    case DLT_BLUETOOTH_BREDR_BB:
    case DLT_NORDIC_BLE:
      return "Bluetooth";
    default:
      return nullptr;
  }
}

}  // namespace

std::string WhyUnsupported(int link_type) {
  const std::string name = LinkTypeName(link_type);
  const char* kind = KindWithoutPackets(link_type);
  if (kind == nullptr) return "ntm does not support the link type " + name;
  return "their link type " + name + " is of " + kind +
         ", which carries no packets of a network";
}

}  // namespace ntm
