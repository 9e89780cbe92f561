#include "subcommands.h"

#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "ingress_link.h"
#include "kernel_queues.h"
#include "ntm/base/error.h"
#include "packet_marks.h"
#include "queue_reader.h"

namespace ntm::qos {
namespace {

// Classes defined with --class are not known here.
std::string NameOf(const Queue& queue) {
  const auto minor = static_cast<uint16_t>(queue.handle);
  if (minor == kLinkMinor) return "the link";
  const TrafficClasses usual;
  const ClassId id = ClassOfMinor(minor);
  return id < usual.count() ? std::string(usual.Name(id))
                            : fmt::format("class {}", id);
}

// Empty if the kernel has no nftables or does not allow reading them.
std::vector<std::string> MarkTables() {
  try {
    return PacketMarks().Tables();
  } catch (const Error&) {
    return {};
  }
}

int PrintStatus() {
  std::string text;
  for (const Queue& queue : QueueReader().Read()) {
    if (!IsOurs(queue)) continue;
    text += queue.is_class
                ? fmt::format(
                      "{:<15} {:<12} {} bytes, {} packets, {} dropped, "
                      "{} waiting\n",
                      queue.interface, NameOf(queue), queue.bytes,
                      queue.packets, queue.drops, queue.backlog_packets)
                : fmt::format("{:<15} {} {}\n", queue.interface, queue.kind,
                              HandleText(queue.handle));
  }
  for (const std::string& table : MarkTables()) {
    text += fmt::format(
        "packets are marked with a DSCP by the nftables table netdev {}\n",
        table);
  }
  if (text.empty()) text = "ntm has no queues on this machine\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

int Clear() {
  std::set<std::pair<int, std::string>> interfaces;
  for (const Queue& queue : QueueReader().Read()) {
    if (IsOurs(queue) && queue.is_root && !queue.is_class) {
      interfaces.emplace(queue.interface_index, queue.interface);
    }
  }
  bool all_gone = true;
  const auto attempt = [&](const std::function<void()>& removal) {
    try {
      removal();
    } catch (const Error& error) {
      fmt::print(stderr, "{}\n", error.what());
      all_gone = false;
    }
  };
  attempt([] {
    for (const std::string& name : IngressLink().RemoveAll()) {
      fmt::print("{}: inbound traffic is no longer shaped\n", name);
    }
  });
  for (const std::string& table : MarkTables()) {
    attempt([&] {
      PacketMarks().Remove(table);
      fmt::print("netdev {}: table removed\n", table);
    });
  }
  for (const auto& [index, name] : interfaces) {
    attempt([index = index, &name = name] {
      // Otherwise they were removed with their device.
      if (!KernelQueues().Remove(index)) return;
      fmt::print("{}: queues removed\n", name);
    });
  }
  if (interfaces.empty()) fmt::print("ntm has no queues on this machine\n");
  return all_gone ? 0 : 1;
}

}  // namespace

Subcommand QosSubcommand() {
  const auto clear = std::make_shared<bool>(false);
  Subcommand subcommand;
  subcommand.name = "qos";
  subcommand.usage = "status | clear";
  subcommand.summary = "Show or remove the queues of --qos-enforce";
  subcommand.help =
      "status: show the queues and the nftables tables that --qos-enforce has "
      "made on this machine. clear: remove them.";
  subcommand.take = [clear](std::vector<std::string>* words) {
    if (words->empty() ||
        (words->front() != "status" && words->front() != "clear")) {
      throw Error("ntm qos: expected status or clear; see ntm qos --help",
                  kExitUsage);
    }
    *clear = words->front() == "clear";
    words->erase(words->begin());
  };
  subcommand.run = [clear] { return *clear ? Clear() : PrintStatus(); };
  return subcommand;
}

}  // namespace ntm::qos
