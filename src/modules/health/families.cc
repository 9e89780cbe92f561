#include "families.h"

#include <string>
#include <utility>

#include "ntm/exposition/family.h"
#include "ntm/exposition/histogram_family.h"
#include "ntm/flow/host_text.h"

namespace ntm::health {
namespace {

using prometheus::MetricFamily;

constexpr char kRest[] = "other";

HistogramFamily TimesFamily(std::string name, std::string help) {
  HistogramFamily times;
  times.family.name = std::move(name);
  times.family.help = std::move(help);
  times.family.type = prometheus::MetricType::Histogram;
  return times;
}

// The first fine bucket is the zero bucket: nobody asks for times so short.
NativeBuckets NativeOf(const LatencyHistogram& histogram) {
  const auto& fine = histogram.fine();
  NativeBuckets native;
  native.schema = LatencyHistogram::kFineSchema;
  native.zero_threshold = LatencyHistogram::FineBound(0);
  native.zero_count = fine.front();
  native.first = LatencyHistogram::kFirstFine + 1;
  native.counts.assign(fine.begin() + 1, fine.end() - 1);
  native.above_count = fine.back();
  return native;
}

void AddHistogram(HistogramFamily* times, const Labels& labels,
                  const LatencyHistogram& histogram) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels)
    metric.label.push_back({name, value});
  metric.histogram.sample_count = histogram.count();
  metric.histogram.sample_sum = histogram.sum_seconds();
  uint64_t cumulative = 0;
  for (size_t i = 0; i < LatencyHistogram::kClassicBounds.size(); ++i) {
    cumulative += histogram.classic()[i];
    metric.histogram.bucket.push_back(
        {cumulative, LatencyHistogram::kClassicBounds[i]});
  }
  times->family.metric.push_back(std::move(metric));
  times->native.push_back(NativeOf(histogram));
}

// One counter family with the labels service and by.
struct BySite {
  MetricFamily family;
  TcpCounts::BySite TcpCounts::*counts;

  void Add(const std::string& service, const TcpCounts& tcp) {
    for (size_t i = 0; i < kSiteCount; ++i) {
      AddSample(&family,
                {{"service", service}, {"by", SiteName(static_cast<Site>(i))}},
                static_cast<double>((tcp.*counts)[i]));
    }
  }
};

MetricFamily SumFamily(std::string name, std::string help, uint64_t value) {
  auto family = CounterFamily(std::move(name), std::move(help));
  AddSample(&family, {}, static_cast<double>(value));
  return family;
}

}  // namespace

void WriteTcp(const Snapshot& fresh, Exposition* out) {
  auto handshakes = TimesFamily(
      "ntm_tcp_handshake_seconds",
      "Round trips in TCP handshakes, from the place of the capture to the "
      "local or the remote end and back.");
  auto repeated = CounterFamily(
      "ntm_tcp_repeated_handshakes_total",
      "TCP handshakes that are not measured, because SYN or SYN/ACK was "
      "repeated.");
  auto connections = CounterFamily(
      "ntm_tcp_connections_total",
      "Attempts to open a TCP connection, by outcome; unanswered: for 30 s.");
  BySite by_site[] = {
      {CounterFamily("ntm_tcp_segments_total",
                     "TCP segments with payload, in watched conversations, by "
                     "the sender's side."),
       &TcpCounts::segments},
      {CounterFamily("ntm_tcp_resets_total",
                     "TCP segments with RST, by the sender's side."),
       &TcpCounts::resets},
      {CounterFamily("ntm_tcp_retransmitted_segments_total",
                     "TCP segments that were sent again, by the sender's "
                     "side."),
       &TcpCounts::retransmitted_segments},
      {CounterFamily("ntm_tcp_retransmitted_bytes_total",
                     "TCP payload bytes that were sent again, by the sender's "
                     "side."),
       &TcpCounts::retransmitted_bytes},
      {CounterFamily("ntm_tcp_zero_windows_total",
                     "TCP segments that ask the other end to wait, by the "
                     "sender's side."),
       &TcpCounts::zero_windows}};
  const WireHealth& health = fresh.health;
  for (const TcpCounts& tcp : health.tcp) {
    const std::string service =
        tcp.is_rest ? kRest : std::string(fresh.services->Name(tcp.service));
    for (size_t i = 0; i < kSiteCount; ++i) {
      const auto site = static_cast<Site>(i);
      if (tcp.handshakes[i].count() == 0) continue;
      AddHistogram(&handshakes,
                   {{"service", service}, {"toward", SiteName(site)}},
                   tcp.handshakes[i]);
    }
    AddSample(&repeated, {{"service", service}},
              static_cast<double>(tcp.repeated_handshakes));
    for (size_t i = 0; i < kConnectOutcomeCount; ++i) {
      AddSample(&connections,
                {{"service", service},
                 {"outcome", OutcomeName(static_cast<ConnectOutcome>(i))}},
                static_cast<double>(tcp.connections[i]));
    }
    for (BySite& family : by_site) family.Add(service, tcp);
  }
  out->Write(handshakes);
  out->Write({repeated, connections});
  for (const BySite& family : by_site) out->Write(family.family);
  auto watched = GaugeFamily("ntm_tcp_conversations",
                             "TCP conversations that are watched now.");
  AddSample(&watched, {}, static_cast<double>(health.conversations));
  out->Write(
      {SumFamily("ntm_tcp_out_of_order_segments_total",
                 "TCP segments that arrived after a later one.",
                 health.out_of_order_segments),
       SumFamily("ntm_tcp_unwatched_total",
                 "TCP segments of conversations that found no place in the "
                 "table of --conversations.",
                 health.unwatched_segments),
       watched});
}

void WriteDns(const Snapshot& fresh, Exposition* out) {
  auto times =
      TimesFamily("ntm_dns_response_seconds",
                  "Time from a question to its answer, for each name server.");
  auto responses = CounterFamily("ntm_dns_responses_total",
                                 "Responses of name servers, by rcode.");
  auto unanswered =
      CounterFamily("ntm_dns_unanswered_total",
                    "Questions that a name server did not answer in 10 s.");
  for (const DnsCounts& dns : fresh.health.dns) {
    const std::string server =
        dns.is_rest ? kRest : HostText(fresh, dns.server, PrefixBits());
    AddHistogram(&times, {{"server", server}}, dns.responses_after);
    for (size_t rcode = 0; rcode <= kRcodeOther; ++rcode) {
      AddSample(&responses, {{"server", server}, {"rcode", RcodeName(rcode)}},
                static_cast<double>(dns.responses[rcode]));
    }
    AddSample(&unanswered, {{"server", server}},
              static_cast<double>(dns.unanswered));
  }
  out->Write(times);
  out->Write({responses, unanswered,
              SumFamily("ntm_dns_malformed_total",
                        "Messages from or to port 53 that are shorter than "
                        "they say.",
                        fresh.health.malformed_dns)});
}

void WriteErrors(const WireHealth& health, Exposition* out) {
  auto unreachable = CounterFamily(
      "ntm_icmp_unreachable_total",
      "ICMP messages about packets that were not delivered, by reason and by "
      "the sender's side.");
  auto exceeded = CounterFamily(
      "ntm_icmp_time_exceeded_total",
      "ICMP messages about packets whose TTL or time to be put together "
      "ended, by the sender's side.");
  for (size_t site = 0; site < kSiteCount; ++site) {
    const std::string by = SiteName(static_cast<Site>(site));
    for (size_t i = 0; i < kUnreachableCount; ++i) {
      AddSample(
          &unreachable,
          {{"reason", ReasonName(static_cast<Unreachable>(i))}, {"by", by}},
          static_cast<double>(health.icmp.unreachable[i][site]));
    }
    AddSample(&exceeded, {{"by", by}},
              static_cast<double>(health.icmp.time_exceeded[site]));
  }
  out->Write({unreachable, exceeded,
              SumFamily("ntm_arp_conflicts_total",
                        "Times that a second hardware address claimed an "
                        "IPv4 address within a minute.",
                        health.arp_conflicts)});
}

}  // namespace ntm::health
