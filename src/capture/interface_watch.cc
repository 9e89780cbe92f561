#include "interface_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <string>

#include "capture_warnings.h"

namespace ntm {
namespace {

// Longest time between two attempts to open the interface again.
constexpr std::chrono::seconds kMaxBackoff{4};

}  // namespace

void InterfaceWatch::Begin(bool may_wait) {
  const auto link = FindLink();
  const std::string& name = interface_->name();
  const bool is_there = is_any() || (link && link->admin_up);
  if (is_there || !may_wait) {
    Open(link);
    spdlog::info("capturing on {}, filter {}", name,
                 interface_->FilterDescription());
    return;
  }
  const char* state = link ? "down" : "not there";
  interface_->SetDown(std::string("an interface is ") + state);
  spdlog::warn("waiting for interface {}: it is {}", name, state);
}

bool InterfaceWatch::Check(std::chrono::nanoseconds now) {
  const bool opened = Follow(now);
  if (!has_warned_of_superpackets_ && interface_->HasSuperpackets()) {
    has_warned_of_superpackets_ = true;
    WarnOfSuperpackets(interface_->name());
  }
  return opened;
}

bool InterfaceWatch::Follow(std::chrono::nanoseconds now) {
  const std::string failure = interface_->Failure();
  const auto link = FindLink();
  if (!is_any() && !link) {
    Close("gone");
    return false;
  }
  if (link && interface_->is_open() && link->index != opened_index_) {
    Close("another one of the same name");
  }
  if (!failure.empty()) {
    spdlog::warn("interface {}: {}", interface_->name(), failure);
    Close("failing");
  }
  if (link && !link->admin_up) {
    SetDown("down");
    return false;
  }
  if (!interface_->is_open()) return TryOpen(now);
  if (!interface_->is_up()) {
    spdlog::info("interface {} is up again", interface_->name());
    interface_->SetUp();
  }
  if (link) {
    const uint64_t captured_bytes = interface_->SetMtu(*link);
    const auto ratio = reconciliation_.Next(*link, captured_bytes);
    // The kernel also counts frames that do not match the filter.
    if (settings_->filter.empty()) interface_->SetReconciledRatio(ratio);
  }
  return false;
}

std::optional<LinkState> InterfaceWatch::FindLink() {
  return is_any() ? std::nullopt : links_->Find(interface_->name());
}

void InterfaceWatch::Open(const std::optional<LinkState>& link) {
  auto captures = Capture::OpenShared(interface_->name(), *settings_,
                                      interface_->lane_count());
  WarnOfLinkType(interface_->name(), captures.front()->link_type());
  opened_index_ = link ? link->index : 0;
  const auto link_now = link ? FindLink() : std::nullopt;
  // Bytes captured after the last tick, before the interface was closed, were
  // counted by another interface of this name.
  reconciliation_.Begin(link_now, interface_->Open(std::move(captures), link));
}

bool InterfaceWatch::TryOpen(std::chrono::nanoseconds now) {
  if (now < retry_at_) return false;
  try {
    Open(FindLink());
    backoff_ = std::chrono::nanoseconds(0);
    spdlog::info("capturing on {}", interface_->name());
    return true;
  } catch (const std::exception& error) {
    backoff_ = std::clamp<std::chrono::nanoseconds>(
        backoff_ * 2, std::chrono::seconds(1), kMaxBackoff);
    retry_at_ = now + backoff_;
    spdlog::warn(
        "{}; trying again in {} s", error.what(),
        std::chrono::duration_cast<std::chrono::seconds>(backoff_).count());
  }
  return false;
}

void InterfaceWatch::SetDown(const std::string& state) {
  if (interface_->is_up()) {
    spdlog::warn("interface {}: {}; counters are kept, waiting for it",
                 interface_->name(), state);
  }
  interface_->SetDown("an interface is " + state);
}

void InterfaceWatch::Close(const std::string& state) {
  SetDown(state);
  interface_->Close();
}

}  // namespace ntm
