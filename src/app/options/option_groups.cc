#include "option_groups.h"

#include <chrono>
#include <climits>
#include <string>
#include <vector>

#include "option_values.h"

namespace ntm {
namespace {

constexpr uint64_t kMinBufferBytes = 65536;

}  // namespace

void AddCaptureOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginGroup("Capture");
  declarer.AddList("-i,--interface", o.interfaces, ParseInterfaces, "NAME",
                   "Interface to capture on; may be repeated, and takes a list "
                   "with commas, so no name may have one. 'any' is all of "
                   "them. Without it: that of the "
                   "default route, else the first that is up.");
  declarer.AddFlag("--wait-interface", o.wait_interface,
                   "Wait for an interface that is not there yet");
  declarer
      .AddWord("--capture-threads", o.capture_threads, NumberFrom(1, 64), "N",
               "Threads that share each interface's frames, 1 to 64, each with "
               "its own ring and its share of --max-series")
      .DefaultText("1");
  declarer
      .AddFlag("--promiscuous,!--no-promiscuous", o.promiscuous,
               "Also take frames that are meant for other hosts")
      .DefaultText("true");
  declarer
      .AddWord(
          "--buffer-size", o.buffer_bytes,
          [](const std::string& text) {
            return ParseByteCount(text, kMinBufferBytes, INT_MAX);
          },
          "BYTES",
          "Size of the kernel's ring: bytes, or with a unit (k, M, G, KiB, "
          "MiB, GiB; kB, MB, GB are decimal)")
      .DefaultText("16MiB");
  declarer
      .AddWord(
          "--snaplen", o.snaplen_bytes,
          [](const std::string& text) {
            return text == "0" ? 0 : ParseNumber(text, 64, 262144);
          },
          "BYTES",
          "Bytes of each frame to look at, 64 to 262144; 0: as much as the "
          "headers need")
      .DefaultText("0");
  declarer
      .AddWord("--count", o.count, NumberFrom(0, UINT64_MAX), "N",
               "End after this many packets; 0: never")
      .DefaultText("0");
  declarer.AddFlag("--raw-filter", o.raw_filter,
                   "Hand the filter to libpcap untouched, instead of looking "
                   "behind VLAN tags and PPPoE headers");
  declarer.AddOtherWords(
      "filters",
      [&o](const std::vector<std::string>& words) {
        o.filter.clear();
        for (const std::string& word : words) {
          o.filter += (o.filter.empty() ? "" : " ") + word;
        }
      },
      "What to count, as tcpdump takes it, quoted or not: src net "
      "192.168.0.0/24 or udp port 53. All words that are not "
      "options belong to it, and everything after --.");
}

void AddFileOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginGroup("Files");
  declarer.AddRepeated(
      "-r,--read",
      [&o](const std::vector<std::string>& paths) {
        o.read_paths.clear();
        for (const std::string& path : paths) {
          o.read_paths.push_back(ParsePath(path));
        }
      },
      "FILE",
      "Read a pcap or pcapng file (- is standard input), print its "
      "metrics and end; repeated, one after the other, the oldest first, into "
      "the same metrics");
  declarer.AddFlag(
      "--serve", o.serve,
      "With -r: serve the file's metrics instead of printing them");
  declarer.AddWord(
      "--openmetrics", o.openmetrics_path, ParsePath, "FILE",
      "With -r: write samples with the packets' own times to FILE (- is "
      "standard output), for promtool tsdb create-blocks-from "
      "openmetrics");
  declarer
      .AddWord(
          "--step", o.step,
          DurationFrom(std::chrono::milliseconds(100), std::chrono::minutes(5)),
          "DURATION", "Time between the samples of --openmetrics, 100ms to 5m")
      .DefaultText("15s");
}

void AddHttpOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginGroup("HTTP");
  declarer
      .AddWord("-p,--port", o.port, NumberFrom(0, 65535), "PORT",
               "Port to serve on; 0 takes a free one")
      .DefaultText(std::to_string(o.port));
  declarer.AddWord(
      "-b,--bind-ip,--bind_ip", o.bind_ip,
      [](const std::string& text) { return text; }, "ADDRESS",
      "Address to serve on; without it all, IPv4 and IPv6");
  declarer.AddList(
      "--web.listen-address", o.listen_addresses,
      [](const std::vector<std::string>& texts) {
        std::vector<std::string> addresses;
        for (const std::string& text : texts) {
          addresses.push_back(ParseListenAddress(text));
        }
        return addresses;
      },
      "ADDRESS",
      "host:port, [IPv6]:port or :port to serve on, instead of -b and -p; may "
      "be repeated, and takes a list with commas");
  declarer
      .AddWord("--web.telemetry-path", o.telemetry_path, ParseTelemetryPath,
               "PATH", "Path of the metrics")
      .DefaultText(o.telemetry_path);
  declarer
      .AddWord("--web.max-requests", o.max_requests, NumberFrom(0, 1'000'000),
               "N", "Requests answered at once, more get 503; 0: no limit")
      .DefaultText(std::to_string(o.max_requests));
  declarer
      .AddWord(
          "--api-cache", o.api_cache,
          [](const std::string& text) {
            if (text == "0") return std::chrono::milliseconds(0);
            return ParseDuration(text, std::chrono::milliseconds(0),
                                 std::chrono::hours(1));
          },
          "DURATION",
          "How long an answer of the JSON API may be reused, up to 1h; 0: "
          "never")
      .DefaultText("0");
  declarer.AddFlag("--web.systemd-socket", o.systemd_socket,
                   "Serve on the sockets that systemd hands over");
}

void AddLogOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginGroup("Log");
  declarer
      .AddWord("--log-level", o.log_level, ParseLogLevel, "LEVEL",
               "trace, debug, info, warning or error")
      .DefaultText("info");
  declarer
      .AddWord(
          "--log-format", o.log_format,
          [&o](const std::string& text) {
            o.log_pattern.reset();
            if (!LogPattern::IsMeant(text)) return ParseLogFormat(text);
            o.log_pattern.emplace(text);
            return LogFormat::kText;
          },
          "FORMAT",
          "text, json, or lines as Python's logging has them: '%(asctime)s - "
          "%(levelname)s - %(message)s', also with %(name)s and %(process)d")
      .DefaultText("text");
}

}  // namespace ntm
