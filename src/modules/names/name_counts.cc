#include "name_counts.h"

#include <cstddef>

#include "ntm/exposition/family.h"

namespace ntm::names {

void WriteAsked(const PtrResolver& resolver, Exposition* out) {
  auto asked = CounterFamily("ntm_names_asked_total",
                             "Completed reverse DNS queries, by result.");
  for (size_t i = 0; i < kAskResultCount; ++i) {
    const auto result = static_cast<AskResult>(i);
    AddSample(&asked, {{"result", ResultName(result)}},
              static_cast<double>(resolver.asked(result)));
  }
  out->Write(asked);
}

void WriteNames(const NameRules& rules, const NameTable& table,
                Exposition* out) {
  auto refused =
      CounterFamily("ntm_names_refused_total", "Refused names, by reason.");
  for (size_t i = 1; i < kNameFaultCount; ++i) {  // 0 is no fault
    const auto fault = static_cast<NameFault>(i);
    AddSample(&refused, {{"reason", FaultName(fault)}},
              static_cast<double>(rules.refused(fault)));
  }
  auto cached =
      GaugeFamily("ntm_names_cached_addresses",
                  "Addresses in the name cache, including negative answers.");
  AddSample(&cached, {}, static_cast<double>(table.size()));
  out->Write({refused, cached});
}

void WriteHandshakes(const Handshakes& handshakes, Exposition* out) {
  auto ended = CounterFamily("ntm_names_handshakes_total",
                             "Captured ClientHellos, by what became of them.");
  for (size_t i = 0; i < kHandshakeProtocolCount; ++i) {
    const auto protocol = static_cast<HandshakeProtocol>(i);
    for (size_t j = 0; j < kHandshakeEndCount; ++j) {
      const auto end = static_cast<HandshakeEnd>(j);
      AddSample(&ended,
                {{"protocol", HandshakeProtocolName(protocol)},
                 {"result", HandshakeEndName(end)}},
                static_cast<double>(handshakes.ended(protocol, end)));
    }
  }
  out->Write(ended);
}

void WriteLost(std::optional<uint64_t> dns_frames,
               std::optional<uint64_t> handshake_frames, Exposition* out) {
  auto lost = CounterFamily("ntm_names_lost_frames_total",
                            "Frames for names that were left out because there "
                            "were too many, by what is in them.");
  if (dns_frames) {
    AddSample(&lost, {{"tap", "dns"}}, static_cast<double>(*dns_frames));
  }
  if (handshake_frames) {
    AddSample(&lost, {{"tap", "handshakes"}},
              static_cast<double>(*handshake_frames));
  }
  out->Write(lost);
}

void WriteForgotten(const NameTable& table, Exposition* out) {
  auto forgotten =
      CounterFamily("ntm_names_forgotten_total",
                    "Names by which single clients call a host that were "
                    "forgotten, the oldest first, for want of room.");
  AddSample(&forgotten, {}, static_cast<double>(table.forgotten_of_clients()));
  out->Write(forgotten);
}

}  // namespace ntm::names
