#include <arpa/inet.h>
#include <netinet/in.h>
#include <pcap/pcap.h>

#include <array>
#include <memory>

#include "ntm/base/error.h"
#include "ntm/capture/capture.h"

namespace ntm {
namespace {

// The text of an IP address, or "" for another family.
std::string TextOf(const sockaddr* address) {
  if (address == nullptr) return {};
  const void* octets = nullptr;
  if (address->sa_family == AF_INET) {
    octets = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  } else if (address->sa_family == AF_INET6) {
    octets = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  } else {
    return {};
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(address->sa_family, octets, text.data(), text.size());
}

}  // namespace

std::vector<InterfaceInfo> ListInterfaces() {
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  pcap_if_t* first = nullptr;
  if (pcap_findalldevs(&first, message.data()) != 0) {
    throw Error(std::string("cannot list the interfaces: ") + message.data());
  }
  const std::unique_ptr<pcap_if_t, decltype(&pcap_freealldevs)> owner(
      first, pcap_freealldevs);
  std::vector<InterfaceInfo> all;
  for (const pcap_if_t* each = first; each != nullptr; each = each->next) {
    InterfaceInfo info;
    info.name = each->name;
    if (each->description != nullptr) info.description = each->description;
    info.is_up = (each->flags & PCAP_IF_UP) != 0;
    info.is_running = (each->flags & PCAP_IF_RUNNING) != 0;
    info.is_loopback = (each->flags & PCAP_IF_LOOPBACK) != 0;
    for (const pcap_addr_t* address = each->addresses; address != nullptr;
         address = address->next) {
      std::string text = TextOf(address->addr);
      if (!text.empty()) info.addresses.push_back(std::move(text));
    }
    all.push_back(std::move(info));
  }
  return all;
}

}  // namespace ntm
