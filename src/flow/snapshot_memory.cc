#include "ntm/flow/snapshot_memory.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace ntm {

struct SnapshotMemory::Reserve {
  // The vectors of `snapshot`, if none are kept yet.
  void Take(Snapshot* snapshot) noexcept {
    constexpr size_t kMostTimesTooLarge = 4;
    const size_t needed = std::max<size_t>(snapshot->flows.size(), 1);
    if (snapshot->flows.capacity() / kMostTimesTooLarge > needed) return;
    const std::scoped_lock lock(mutex);
    if (flows.capacity() != 0) return;
    flows.swap(snapshot->flows);
    extras.swap(snapshot->extras);
    tcp.swap(snapshot->health.tcp);
    dns.swap(snapshot->health.dns);
  }

  void Give(Snapshot* snapshot) noexcept {
    const std::scoped_lock lock(mutex);
    flows.swap(snapshot->flows);
    extras.swap(snapshot->extras);
    tcp.swap(snapshot->health.tcp);
    dns.swap(snapshot->health.dns);
  }

  std::mutex mutex;
  std::vector<Flow> flows;
  std::vector<FlowExtras> extras;
  std::vector<TcpCounts> tcp;
  std::vector<DnsCounts> dns;
};

SnapshotMemory::SnapshotMemory() : reserve_(std::make_shared<Reserve>()) {}

std::shared_ptr<Snapshot> SnapshotMemory::Make() {
  auto made = std::make_unique<Snapshot>();
  reserve_->Give(made.get());
  made->flows.clear();
  made->extras.clear();
  made->health.Clear();
  return {made.release(), [reserve = reserve_](Snapshot* snapshot) {
            reserve->Take(snapshot);
            delete snapshot;
          }};
}

}  // namespace ntm
