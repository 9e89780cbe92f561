// Counts one of a limited number of requests, and releases it when destroyed.
//
// Threads  Take() and the destructor from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace ntm {

class RequestPermit {
 public:
  // Returns nothing if `limit` permits are taken; 0 means no limit. `taken`
  // must outlive the permit.
  static std::optional<RequestPermit> Take(std::atomic<size_t>& taken,
                                           size_t limit) {
    RequestPermit permit(&taken);
    if (taken.fetch_add(1) >= limit && limit != 0) {
      return std::nullopt;
    }
    return permit;
  }

  RequestPermit(RequestPermit&& other) noexcept
      : taken_(std::exchange(other.taken_, nullptr)) {}
  RequestPermit& operator=(RequestPermit&& other) noexcept {
    std::swap(taken_, other.taken_);
    return *this;
  }
  ~RequestPermit() {
    if (taken_ != nullptr) {
      taken_->fetch_sub(1);
    }
  }

 private:
  explicit RequestPermit(std::atomic<size_t>* taken) : taken_(taken) {}

  std::atomic<size_t>* taken_;
};

}  // namespace ntm
