// Makes the link's queues follow what its classes are allocated.
//
// Shape    looks at the link once per tick: sets the queues up where they are
//          not (the interface is new, somebody removed them, an earlier run was
//          killed and left its own), else changes the classes whose share has
//          changed by more than kTolerance, each at most once in kPause. A
//          queue that somebody else made stays, unless `replace`.
//          Everything ours goes with this object. Once the queues are there,
//          packets are marked with the DSCP of their class's rule; where the
//          kernel cannot, all else goes on.
// Threads  one thread at a time.
// Errors   none: what fails is logged once, tried again in kPause, and told by
//          enforced(), marked() and problem().
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

  // `ingress`: what comes in as well, by an IFB.
  Enforcer(bool replace, bool ingress)
      : replace_(replace), with_ingress_(ingress) {}
  ~Enforcer();
  Enforcer(const Enforcer&) = delete;
  Enforcer& operator=(const Enforcer&) = delete;

  // `queues` are those of this moment.
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
  // Removes what is in the kernel, each part though another fails: then it
  // warns, and returns false.
  bool Abandon() noexcept;
  bool RemoveIngress() noexcept;
  void Fail(const std::string& problem);

  bool replace_;
  bool with_ingress_;
  std::unique_ptr<KernelQueues> queues_;
  std::chrono::nanoseconds now_{};
  std::chrono::nanoseconds retry_at_{};
  std::string problem_;  // "": none
  // What is in the kernel.
  int interface_index_ = 0;  // 0: nothing
  int ifb_index_ = 0;
  std::string interface_;
  uint64_t total_ = 0;
  std::map<uint16_t, Applied> applied_;
  std::unique_ptr<PacketMarks> marks_;
  MarkPlan marked_;  // without a table: packets keep what they have
  std::chrono::nanoseconds mark_retry_at_{};
  std::string mark_problem_;
};

// Prints in place of that what would be done, as commands of tc(8) and
// nft(8).
class PrintedQueues {
 public:
  // Returns the commands since the call before; the first time all of them.
  std::string Commands(const QosReport& report, const TrafficClasses& classes,
                       std::chrono::nanoseconds elapsed);

 private:
  std::chrono::nanoseconds now_{};
  std::chrono::nanoseconds printed_at_{};
  std::map<uint16_t, QueueClass> printed_;
};

// Returns true iff the class in the kernel is to be changed.
bool Differs(const QueueClass& is, const QueueClass& should_be);

}  // namespace ntm::qos
