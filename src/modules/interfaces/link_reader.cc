#include "link_reader.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "netlink_socket.h"
#include "ntm/base/error.h"
#include "proc_net_dev.h"

namespace ntm::interfaces {
namespace {

constexpr uint64_t kBitsPerMegabit = 1'000'000;

std::string SysPath(const std::string& name, const char* attribute) {
  return "/sys/class/net/" + name + "/" + attribute;
}

// The file has Mbit/s; -1 or an error if the driver does not know.
uint64_t ReadSpeed(const std::string& name) {
  std::ifstream file(SysPath(name, "speed"));
  int64_t megabits = 0;
  if (!(file >> megabits) || megabits <= 0) return 0;
  return static_cast<uint64_t>(megabits) * kBitsPerMegabit;
}

bool IsHardware(const std::string& name) {
  std::error_code ignored;
  return std::filesystem::exists(SysPath(name, "device"), ignored);
}

}  // namespace

LinkReader::LinkReader() {
  try {
    netlink_ = std::make_unique<NetlinkSocket>();
  } catch (const Error& error) {
    spdlog::warn("{}; using /proc/net/dev instead, without addresses",
                 error.what());
  }
}

LinkReader::~LinkReader() = default;

std::vector<LinkReading> LinkReader::Read() {
  std::vector<LinkReading> links = ReadFast();
  const bool has_changed = Follow(links);
  const bool is_slow = --readings_until_slow_ <= 0;
  if (is_slow) readings_until_slow_ = kSlowReadings;
  for (auto& [name, slow] : slow_) {
    if (is_slow || slow.has_changed) {
      slow.speed_bits_per_second = ReadSpeed(name);
    }
  }
  if (is_slow || has_changed) routing_ = ReadRouting();
  if (netlink_ != nullptr && (is_slow || has_changed)) ReadAddresses();
  for (LinkReading& link : links) {
    const Slow& slow = slow_[link.name];
    link.is_hardware = slow.is_hardware;
    link.speed_bits_per_second = slow.speed_bits_per_second;
    link.addresses = slow.addresses;
  }
  return links;
}

std::vector<LinkReading> LinkReader::ReadFast() {
  if (netlink_ == nullptr) return ReadProcNetDev();
  try {
    return netlink_->Links();
  } catch (const Error&) {
    // The rest of this answer must not be mistaken for the next one.
    netlink_ = std::make_unique<NetlinkSocket>();
    throw;
  }
}

bool LinkReader::Follow(const std::vector<LinkReading>& links) {
  bool has_changed = false;
  for (const LinkReading& link : links) {
    const auto [entry, is_new] = slow_.try_emplace(link.name);
    Slow& slow = entry->second;
    const bool is_other = is_new || slow.index != link.index;
    if (is_other) {
      slow = {};
      slow.index = link.index;
      slow.is_hardware = IsHardware(link.name);
    }
    slow.has_changed = is_other || slow.up != link.up;
    slow.up = link.up;
    has_changed = has_changed || slow.has_changed;
  }
  if (slow_.size() == links.size()) return has_changed;
  std::erase_if(slow_, [&links](const auto& entry) {
    return std::ranges::find(links, entry.first, &LinkReading::name) ==
           links.end();
  });
  return true;
}

void LinkReader::ReadAddresses() {
  std::map<int, Slow*> by_index;
  for (auto& [name, slow] : slow_) {
    slow.addresses.clear();
    by_index[slow.index] = &slow;
  }
  for (auto& [index, address] : netlink_->Addresses()) {
    const auto found = by_index.find(index);
    if (found != by_index.end()) {
      found->second->addresses.push_back(std::move(address));
    }
  }
}

}  // namespace ntm::interfaces
