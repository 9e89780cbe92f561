#include "proc_net_dev.h"

#include <linux/if.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "ntm/base/error.h"

namespace ntm::interfaces {
namespace {

constexpr char kPath[] = "/proc/net/dev";
// Per direction: bytes packets errs drop, then four that are not used.
constexpr size_t kColumns = 16;
constexpr size_t kTransmitColumn = 8;

// The first word of a file in /sys/class/net; "" if there is none.
std::string Attribute(const std::string& name, const char* attribute) {
  std::ifstream file("/sys/class/net/" + name + "/" + attribute);
  std::string word;
  file >> word;
  return word;
}

uint64_t Number(const std::string& text) {
  constexpr int kAnyBase = 0;
  return std::strtoull(text.c_str(), nullptr, kAnyBase);
}

}  // namespace

std::vector<LinkReading> ParseProcNetDev(const std::string& text) {
  std::vector<LinkReading> links;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    // The name of an alias contains a colon, the counters do not.
    const size_t colon = line.rfind(':');
    const size_t begin = line.find_first_not_of(' ');
    if (colon == std::string::npos || begin >= colon) continue;
    std::istringstream numbers(line.substr(colon + 1));
    std::array<uint64_t, kColumns> columns{};
    size_t count = 0;
    while (count < kColumns && numbers >> columns[count]) ++count;
    if (count < kColumns) continue;
    LinkReading link;
    link.name = line.substr(begin, colon - begin);
    for (size_t i = 0; i < kCounterCount / 2; ++i) {
      link.counters[2 * i] = columns[i];
      link.counters[2 * i + 1] = columns[kTransmitColumn + i];
    }
    links.push_back(std::move(link));
  }
  return links;
}

std::vector<LinkReading> ReadProcNetDev() {
  std::ifstream file(kPath);
  if (!file) {
    throw Error(std::string("cannot read ") + kPath +
                ": mount /proc, or allow this process AF_NETLINK sockets");
  }
  std::vector<LinkReading> links = ParseProcNetDev(
      {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
  for (LinkReading& link : links) {
    const uint64_t flags = Number(Attribute(link.name, "flags"));
    link.index = static_cast<int>(Number(Attribute(link.name, "ifindex")));
    link.up = (flags & IFF_UP) != 0 && Attribute(link.name, "carrier") == "1";
    link.mtu_bytes = static_cast<uint32_t>(Number(Attribute(link.name, "mtu")));
    link.is_loopback = (flags & IFF_LOOPBACK) != 0;
    std::error_code ignored;
    link.is_bridge = std::filesystem::exists(
        "/sys/class/net/" + link.name + "/bridge", ignored);
    link.master_index =
        static_cast<int>(Number(Attribute(link.name, "master/ifindex")));
    constexpr size_t kMacText = 17;
    const std::string mac = Attribute(link.name, "address");
    if (mac.size() == kMacText && (flags & IFF_LOOPBACK) == 0) link.mac = mac;
  }
  return links;
}

}  // namespace ntm::interfaces
