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
  declarer.BeginTopic("capture",
                      "interfaces to capture on, filter, threads, buffers");
  declarer.AddList(
      "-i,--interface", o.interfaces, ParseInterfaces, "NAME",
      "Interface to capture on ('any': all of them); may be repeated or be a "
      "list with commas, so a name cannot contain one. Without it: the "
      "interface of the default route, else the first one that is up");
  declarer.AddFlag(
      "--wait-interface", o.wait_interface,
      "Start even if an interface does not exist yet, and wait for it");
  declarer
      .AddWord("--capture-threads", o.capture_threads, NumberFrom(1, 64), "N",
               "Capture threads, 1 to 64. The kernel distributes the frames of "
               "each interface over them; each thread has its own ring and an "
               "equal share of --max-series")
      .DefaultText("1");
  declarer
      .AddFlag(
          "--promiscuous,!--no-promiscuous", o.promiscuous,
          "Use promiscuous mode, which captures frames for other hosts as well")
      .DefaultText("true");
  declarer
      .AddWord(
          "--buffer-size", o.buffer_bytes,
          [](const std::string& text) {
            return ParseByteCount(text, kMinBufferBytes, INT_MAX);
          },
          "BYTES",
          "Size of the kernel's capture ring, for each interface and thread: "
          "bytes, or with a unit (k, M, G, KiB, MiB, GiB: powers of 1024; kB, "
          "MB, GB: powers of 1000)")
      .DefaultText("16MiB");
  declarer
      .AddWord(
          "--snaplen", o.snaplen_bytes,
          [](const std::string& text) {
            return text == "0" ? 0 : ParseNumber(text, 64, 262144);
          },
          "BYTES",
          "Bytes to capture of each frame, 64 to 262144; 0: as many as the "
          "headers need")
      .DefaultText("0");
  declarer
      .AddWord("--count", o.count, NumberFrom(0, UINT64_MAX), "N",
               "Exit after this many packets; 0: never")
      .DefaultText("0");
  declarer.AddFlag("--raw-filter", o.raw_filter,
                   "Pass the filter to libpcap unchanged; without this, it "
                   "also matches packets behind VLAN tags and PPPoE headers");
  declarer.AddOtherWords(
      "filters",
      [&o](const std::vector<std::string>& words) {
        o.filter.clear();
        for (const std::string& word : words) {
          o.filter += (o.filter.empty() ? "" : " ") + word;
        }
      },
      "Count only the packets that match this expression, as for tcpdump (see "
      "pcap-filter(7)): src net 192.168.0.0/24 or udp port 53. Quoted or not: "
      "all words that are not options belong to it, and everything after --");
}

void AddFileOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginTopic("files",
                      "reading capture files, writing OpenMetrics samples");
  declarer.AddRepeated(
      "-r,--read",
      [&o](const std::vector<std::string>& paths) {
        o.read_paths.clear();
        for (const std::string& path : paths) {
          o.read_paths.push_back(ParsePath(path));
        }
      },
      "FILE",
      "Capture file to read instead of an interface (pcap or pcapng, also "
      "packed with gzip or zstd; -: standard input): print its metrics and "
      "exit. May be repeated, the oldest file first; all files are counted "
      "together");
  declarer.AddFlag("--serve", o.serve,
                   "With -r: serve the metrics of the file over HTTP instead "
                   "of printing them");
  declarer.AddFlag(
      "--follow", o.follow,
      "With --serve: go on with FILE as it grows and is rotated. FILE may be a "
      "pattern in quotes, 'cap_*.pcapng': its files are read in the order in "
      "which they were written");
  declarer.AddWord(
      "--openmetrics", o.openmetrics_path, ParsePath, "FILE",
      "With -r: write samples with the packets' own timestamps to FILE (-: "
      "standard output), for promtool tsdb create-blocks-from openmetrics");
  declarer
      .AddWord(
          "--step", o.step,
          DurationFrom(std::chrono::milliseconds(100), std::chrono::minutes(5)),
          "DURATION",
          "With --openmetrics: time between two samples, 100ms to 5m")
      .DefaultText("15s");
}

void AddHttpOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginTopic("web",
                      "addresses and paths of the HTTP server, live page");
  declarer
      .AddWord("-p,--port", o.port, NumberFrom(0, 65535), "PORT",
               "Port to serve on; 0: any free port")
      .DefaultText(std::to_string(o.port));
  declarer.AddWord(
      "-b,--bind-ip,--bind_ip", o.bind_ip,
      [](const std::string& text) { return text; }, "ADDRESS",
      "Address to serve on; without it: all addresses, IPv4 and IPv6");
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
      "Address and port to serve on, instead of -b and -p: host:port, "
      "[IPv6]:port or :port; may be repeated or be a list with commas");
  declarer
      .AddWord("--web.telemetry-path", o.telemetry_path, ParseTelemetryPath,
               "PATH", "Path of the metrics")
      .DefaultText(o.telemetry_path);
  declarer
      .AddWord("--web.max-requests", o.max_requests, NumberFrom(0, 1'000'000),
               "N",
               "Most requests to answer at the same time; others get status "
               "503. 0: no limit")
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
          "Answer the same request to the JSON API from a cache for this long, "
          "at most 1h; 0: no cache")
      .DefaultText("0");
  declarer.AddFlag("--web.systemd-socket", o.systemd_socket,
                   "Serve on the sockets of systemd's socket activation");
}

void AddLogOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginTopic("log", "log messages, log of packets");
  declarer
      .AddWord("--log-level", o.log_level, ParseLogLevel, "LEVEL",
               "Lowest level to log: trace, debug, info, warning or error")
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
          "text, json, or a format string as in Python's logging: '%(asctime)s "
          "- %(levelname)s - %(message)s', also with %(name)s and %(process)d")
      .DefaultText("text");
}

}  // namespace ntm
