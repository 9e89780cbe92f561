#include "verbs.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <set>
#include <string>

#include "ingress_link.h"
#include "kernel_queues.h"
#include "ntm/error.h"
#include "packet_marks.h"
#include "queue_reader.h"

namespace ntm::qos {
namespace {

bool IsOurs(const Queue& queue) { return queue.handle >> 16 == kMajor; }

// Those of --class are not known here.
std::string NameOf(const Queue& queue) {
  const auto minor = static_cast<uint16_t>(queue.handle);
  if (minor == kLinkMinor) return "the link";
  const TrafficClasses usual;
  const ClassId id = ClassOfMinor(minor);
  return id < usual.count() ? std::string(usual.Name(id))
                            : fmt::format("class {}", id);
}

// Where the kernel has no nftables, or does not let us see them, there are
// none.
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
        "packets are given a DSCP by the nftables table netdev "
        "{}\n",
        table);
  }
  if (text.empty()) text = "no queue here is ntm's\n";
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
  KernelQueues queues;
  IngressLink ingress;
  for (const std::string& name : IngressLink::Present()) {
    ingress.Remove(name);
    std::printf("%s: what comes in is shaped no more\n", name.c_str());
  }
  for (const std::string& table : MarkTables()) {
    PacketMarks().Remove(table);
    std::printf("netdev %s: the table is removed\n", table.c_str());
  }
  for (const auto& [index, name] : interfaces) {
    if (!queues.RootOf(index)) continue;  // gone with its device
    queues.Remove(index);
    std::printf("%s: the queues are removed\n", name.c_str());
  }
  if (interfaces.empty()) std::puts("no queue here is ntm's");
  return 0;
}

}  // namespace

Verb QosVerb() {
  const auto clear = std::make_shared<bool>(false);
  Verb verb;
  verb.name = "qos";
  verb.usage = "status | clear";
  verb.help =
      "Shows the queues that --qos-enforce has made on this machine, or "
      "removes them.";
  verb.take = [clear](std::vector<std::string>* words) {
    if (words->empty() ||
        (words->front() != "status" && words->front() != "clear")) {
      throw Error("ntm qos: status or clear is missing; see ntm --help",
                  kExitUsage);
    }
    *clear = words->front() == "clear";
    words->erase(words->begin());
  };
  verb.run = [clear] { return *clear ? Clear() : PrintStatus(); };
  return verb;
}

}  // namespace ntm::qos
