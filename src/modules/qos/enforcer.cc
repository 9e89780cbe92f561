#include "enforcer.h"

#include <net/if.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <exception>

namespace ntm::qos {
namespace {

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
  if (interface_index_ == 0) return;
  try {
    queues_->Remove(interface_index_);
    spdlog::info("{}: the queues are removed", interface_);
  } catch (const std::exception& error) {
    spdlog::warn("{}: {}; `ntm qos clear` tries it again", interface_,
                 error.what());
  }
}

void Enforcer::OnTick(const QosReport& report, const TrafficClasses& classes,
                      std::chrono::nanoseconds elapsed) {
  now_ += elapsed;
  if (now_ < retry_at_) return;
  try {
    if (queues_ == nullptr) queues_ = std::make_unique<KernelQueues>();
    Follow(MakePlan(report, classes), classes);
  } catch (const std::exception& error) {
    interface_index_ = 0;
    retry_at_ = now_ + kPause;
    Fail(error.what());
  }
}

void Enforcer::Fail(const std::string& problem) {
  if (problem == problem_) return;
  problem_ = problem;
  spdlog::error("{}: the rules are not enforced: {}", interface_, problem_);
}

void Enforcer::Follow(const QueuePlan& plan, const TrafficClasses& classes) {
  interface_ = plan.interface;
  const auto index = static_cast<int>(if_nametoindex(plan.interface.c_str()));
  if (index != interface_index_) interface_index_ = 0;
  if (index == 0) return Fail("the interface is not there");
  const auto root = queues_->RootOf(index);
  if (root && root->IsOurs() && interface_index_ != 0) return Change(plan);
  interface_index_ = 0;
  if (root && !root->IsOurs() && root->handle != 0 && !replace_) {
    return Fail("another one's queue is there (" + root->kind +
                "); remove it, or give --qos-replace");
  }
  if (root && root->IsOurs()) {
    spdlog::info("{}: removing the queues that an earlier run left",
                 interface_);
    queues_->Remove(index);
  }
  SetUp(index, plan, classes);
}

void Enforcer::SetUp(int interface_index, const QueuePlan& plan,
                     const TrafficClasses& classes) {
  const std::string leaf =
      queues_->SetUp(interface_index, plan, MatchesOf(classes));
  interface_index_ = interface_index;
  total_ = plan.total;
  problem_.clear();
  applied_.clear();
  for (const QueueClass& queue_class : plan.classes) {
    applied_[queue_class.minor] = {queue_class, now_};
  }
  spdlog::info("{}: {} classes share {} Mbit/s by HTB, each with {}{}",
               interface_, plan.classes.size(), plan.total * 8 / 1'000'000,
               leaf, leaf == "pfifo" ? " (the kernel has no fair queue)" : "");
}

void Enforcer::Change(const QueuePlan& plan) {
  if (IsFar(total_, plan.total)) {
    queues_->ChangeTotal(interface_index_, plan.total);
    total_ = plan.total;
  }
  for (const QueueClass& queue_class : plan.classes) {
    Applied& applied = applied_[queue_class.minor];
    if (now_ - applied.at < kPause ||
        !Differs(applied.queue_class, queue_class)) {
      continue;
    }
    queues_->Change(interface_index_, queue_class);
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
