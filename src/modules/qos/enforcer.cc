#include "enforcer.h"

#include <net/if.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <exception>

namespace ntm::qos {
namespace {

// Logs a warning and returns false if `removal` throws.
bool Succeeds(const std::string& interface,
              const std::function<void()>& removal) noexcept {
  try {
    removal();
    return true;
  } catch (const std::exception& error) {
    spdlog::warn("{}: {}; retry with `ntm qos clear`", interface, error.what());
    return false;
  }
}

bool IsFar(uint64_t is, uint64_t should_be) {
  const auto before = static_cast<double>(is);
  return std::abs(static_cast<double>(should_be) - before) >
         before * Enforcer::kTolerance;
}

}  // namespace

bool Differs(const QueueClass& is, const QueueClass& should_be) {
  return is.precedence != should_be.precedence ||
         IsFar(is.rate, should_be.rate) || IsFar(is.ceiling, should_be.ceiling);
}

Enforcer::~Enforcer() {
  if (!enforced()) return;
  if (Abandon()) spdlog::info("{}: queues removed", interface_);
}

bool Enforcer::Abandon() noexcept {
  if (!enforced()) return true;
  // The kernel removes the table when its owner's socket is closed.
  marks_.reset();
  marked_ = {};
  const bool queues_gone =
      Succeeds(interface_, [this] { queues_->Remove(interface_index_); });
  const bool ingress_gone = RemoveIngress();
  interface_index_ = 0;
  return queues_gone && ingress_gone;
}

bool Enforcer::RemoveIngress() noexcept {
  if (ifb_index_ == 0) return true;
  ifb_index_ = 0;
  return Succeeds(interface_, [this] { IngressLink().Remove(interface_); });
}

void Enforcer::OnTick(const QosReport& report, const TrafficClasses& classes,
                      const std::vector<Queue>& queues,
                      std::chrono::nanoseconds elapsed) {
  now_ += elapsed;
  if (now_ < retry_at_) return;
  try {
    if (queues_ == nullptr) queues_ = std::make_unique<KernelQueues>();
    Follow(MakePlan(report, classes), classes, queues);
    if (enforced()) Mark(report, classes);
  } catch (const std::exception& error) {
    Abandon();
    retry_at_ = now_ + kPause;
    Fail(error.what());
  }
}

// If this fails, the filters of the queues still classify the packets.
void Enforcer::Mark(const QosReport& report, const TrafficClasses& classes) {
  if (now_ < mark_retry_at_) return;
  if (marked() && MarkClassesOf(report, classes) == marked_.classes) return;
  MarkPlan plan = MakeMarkPlan(report, classes);
  try {
    if (marks_ == nullptr) marks_ = std::make_unique<PacketMarks>();
    marks_->Set(plan);
  } catch (const std::exception& error) {
    mark_retry_at_ = now_ + kPause;
    if (mark_problem_ == error.what()) return;
    mark_problem_ = error.what();
    return spdlog::warn("{}: packets are not marked: {}", interface_,
                        mark_problem_);
  }
  spdlog::info(
      "{}: packets are marked with the DSCP of their class's rule (nftables "
      "table {})",
      interface_, plan.table);
  for (const std::string& name : Miscounted(report, classes)) {
    spdlog::warn(
        "{}: outgoing packets are counted by the DSCP that their rule sets, so "
        "some are counted as another class: {}; set a DSCP of the same class "
        "in the rule, or do not use --classify dscp",
        interface_, name);
  }
  mark_problem_.clear();
  marked_ = std::move(plan);
}

void Enforcer::Fail(const std::string& problem) {
  if (problem == problem_) return;
  problem_ = problem;
  spdlog::error("{}: the rules are not enforced: {}", interface_, problem_);
}

void Enforcer::Follow(const QueuePlan& plan, const TrafficClasses& classes,
                      const std::vector<Queue>& queues) {
  const auto index = static_cast<int>(if_nametoindex(plan.interface.c_str()));
  if (index != interface_index_) Abandon();
  interface_ = plan.interface;
  if (index == 0) return Fail("the interface does not exist");
  const Queue* root = RootOf(index, queues);
  const bool is_ours = root != nullptr && IsOurs(*root);
  if (is_ours && interface_index_ != 0) return Change(plan);
  Abandon();
  if (root != nullptr && !is_ours && root->handle != 0 && !replace_) {
    return Fail("the interface has a queue of another program (" + root->kind +
                "); remove it, or use --qos-replace");
  }
  if (is_ours) {
    spdlog::info("{}: removing queues left by an earlier run", interface_);
    queues_->Remove(index);
    IngressLink().Remove(interface_);
  }
  SetUp(index, plan, classes);
}

void Enforcer::SetUp(int interface_index, const QueuePlan& plan,
                     const TrafficClasses& classes) {
  std::string leaf;
  try {
    if (with_ingress_) {
      ifb_index_ = IngressLink().SetUp(interface_, replace_);
      queues_->SetUp(ifb_index_, plan, MatchesOf(classes));
    }
    leaf = queues_->SetUp(interface_index, plan, MatchesOf(classes));
  } catch (...) {
    RemoveIngress();
    throw;
  }
  interface_index_ = interface_index;
  total_ = plan.total;
  problem_.clear();
  applied_.clear();
  for (const QueueClass& queue_class : plan.classes) {
    applied_[queue_class.minor] = {queue_class, now_};
  }
  spdlog::info("{}: {} classes share {} Mbit/s by HTB{}, each with {}{}",
               interface_, plan.classes.size(), plan.total * 8 / 1'000'000,
               with_ingress_ ? " per direction" : "", leaf,
               leaf == "pfifo" ? " (the kernel has no fq_codel)" : "");
}

void Enforcer::Change(const QueuePlan& plan) {
  if (IsFar(total_, plan.total)) {
    queues_->ChangeTotal(interface_index_, plan.total);
    if (ifb_index_ != 0) queues_->ChangeTotal(ifb_index_, plan.total);
    total_ = plan.total;
  }
  for (const QueueClass& queue_class : plan.classes) {
    Applied& applied = applied_[queue_class.minor];
    if (now_ - applied.at < kPause ||
        !Differs(applied.queue_class, queue_class)) {
      continue;
    }
    queues_->Change(interface_index_, queue_class);
    if (ifb_index_ != 0) queues_->Change(ifb_index_, queue_class);
    applied = {queue_class, now_};
  }
}

std::string PrintedQueues::Commands(const QosReport& report,
                                    const TrafficClasses& classes,
                                    std::chrono::nanoseconds elapsed) {
  now_ += elapsed;
  const QueuePlan plan = MakePlan(report, classes);
  std::string text;
  if (printed_.empty()) {
    for (const auto& command :
         SetUpCommands(plan, MatchesOf(classes), "fq_codel")) {
      text += command + "\n";
    }
    for (const auto& command : MarkCommands(MakeMarkPlan(report, classes))) {
      text += command + "\n";
    }
  } else if (now_ - printed_at_ < Enforcer::kPause) {
    return text;
  }
  for (const QueueClass& queue_class : plan.classes) {
    const auto [known, is_new] =
        printed_.try_emplace(queue_class.minor, queue_class);
    if (is_new || !Differs(known->second, queue_class)) continue;
    text += ChangeCommand(plan, queue_class) + "\n";
    known->second = queue_class;
  }
  if (!text.empty()) printed_at_ = now_;
  return text;
}

}  // namespace ntm::qos
