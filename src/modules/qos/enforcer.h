// Enforces the allocation: sets up the link's queues in the kernel and adjusts
// them.
//
// Shape    every tick it creates the queues if they are missing (the interface
//          is new, the queues were removed, or an earlier run was killed and
//          left its own), else it changes the classes whose share changed by
//          more than kTolerance, each at most once per kPause. Queues of other
//          programs are kept, unless `replace`. The destructor removes
//          everything. With the queues in place, packets are marked with the
//          DSCP of their class's rule; if the kernel does not support that, the
//          rest works without it.
// Threads  one thread at a time.
// Errors   none: a failure is logged once and retried after kPause; enforced(),
//          marked() and problem() report it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "ingress_link.h"
#include "kernel_queues.h"
#include "mark_plan.h"
#include "ntm/module/reports.h"
#include "packet_marks.h"
#include "queue_plan.h"
#include "queue_reader.h"

namespace ntm::qos {

class Enforcer {
 public:
  static constexpr std::chrono::seconds kPause{10};
  static constexpr double kTolerance = 0.1;

  // `ingress`: shape inbound traffic too, with an IFB device.
  Enforcer(bool replace, bool ingress)
      : replace_(replace), with_ingress_(ingress) {}
  ~Enforcer();
  Enforcer(const Enforcer&) = delete;
  Enforcer& operator=(const Enforcer&) = delete;

  // `queues` is a current reading.
  void OnTick(const QosReport& report, const TrafficClasses& classes,
              const std::vector<Queue>& queues,
              std::chrono::nanoseconds elapsed);

  bool enforced() const { return interface_index_ != 0; }
  bool marked() const { return !marked_.table.empty(); }
  const std::string& problem() const { return problem_; }

 private:
  struct Applied {
    QueueClass queue_class;
    std::chrono::nanoseconds at;
  };

  void Follow(const QueuePlan& plan, const TrafficClasses& classes,
              const std::vector<Queue>& queues);
  void SetUp(int interface_index, const QueuePlan& plan,
             const TrafficClasses& classes);
  void Change(const QueuePlan& plan);
  void Mark(const QosReport& report, const TrafficClasses& classes);
  // Removes everything from the kernel, also if a part fails; then logs a
  // warning and returns false.
  bool Abandon() noexcept;
  bool RemoveIngress() noexcept;
  void Fail(const std::string& problem);

  bool replace_;
  bool with_ingress_;
  std::unique_ptr<KernelQueues> queues_;
  std::chrono::nanoseconds now_{};
  std::chrono::nanoseconds retry_at_{};
  std::string problem_;  // "": none
  // The state in the kernel.
  int interface_index_ = 0;  // 0: nothing
  int ifb_index_ = 0;
  std::string interface_;
  uint64_t total_ = 0;
  std::map<uint16_t, Applied> applied_;
  std::unique_ptr<PacketMarks> marks_;
  MarkPlan marked_;  // without a table: packets are not marked
  std::chrono::nanoseconds mark_retry_at_{};
  std::string mark_problem_;
};

// For --qos-dry-run: the same changes as commands of tc(8) and nft(8).
class PrintedQueues {
 public:
  // Returns the commands since the last call; the first time all of them.
  std::string Commands(const QosReport& report, const TrafficClasses& classes,
                       std::chrono::nanoseconds elapsed);

 private:
  std::chrono::nanoseconds now_{};
  std::chrono::nanoseconds printed_at_{};
  std::map<uint16_t, QueueClass> printed_;
};

// Returns true iff the class in the kernel has to be changed.
bool Differs(const QueueClass& is, const QueueClass& should_be);

}  // namespace ntm::qos
