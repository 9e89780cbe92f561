// The web page at /: its files, the WebSocket /ws that updates it, and GET
// /api/live with the same data for clients without WebSocket.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "asset_answer.h"
#include "assets.h"
#include "live_feed.h"
#include "ntm/base/duration.h"
#include "ntm/exposition/family.h"
#include "ntm/module/live_output.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"

namespace ntm::web {
namespace {

class Web final : public Module, public LiveOutput {
 public:
  std::string_view name() const noexcept override { return "web"; }

  void AddOptions(OptionDeclarer& options) override {
    options
        .AddWord(
            "--ws-interval", interval_,
            DurationFrom(std::chrono::seconds(1), std::chrono::minutes(1)),
            "DURATION",
            "Time between two updates of the live page and of /ws, 1s to 1m")
        .DefaultText("1s");
  }

  void Open() override { feed_ = std::make_unique<LiveFeed>(interval_); }

  void OnTick(const Tick& tick) override { feed_->OnTick(tick); }

  std::vector<prometheus::MetricFamily> Collect() const override {
    const Channel& channel = *feed_->channel();
    const Labels labels = {{"path", channel.path()}};
    auto clients =
        GaugeFamily("ntm_websocket_clients", "Open WebSocket connections.");
    auto sent = CounterFamily("ntm_websocket_sent_messages_total",
                              "Messages sent to WebSocket clients.");
    auto skipped =
        CounterFamily("ntm_websocket_skipped_messages_total",
                      "Messages not sent because a client was too slow.");
    AddSample(&clients, labels, static_cast<double>(channel.clients()));
    AddSample(&sent, labels, static_cast<double>(channel.sent_frames()));
    AddSample(&skipped, labels, static_cast<double>(channel.skipped_frames()));
    return {clients, sent, skipped};
  }

  std::vector<Route> Routes() override {
    std::vector<Route> routes;
    for (const Asset& asset : Assets()) {
      routes.push_back({"GET", std::string(asset.path), "",
                        [&asset](const HttpRequest& request) {
                          return AnswerAsset(asset, request);
                        }});
    }
    routes.push_back({"GET", "/api/live", "data of the web page, as JSON",
                      [this](const HttpRequest& request) {
                        return feed_->Answer(request);
                      }});
    return routes;
  }

  std::vector<std::shared_ptr<Channel>> Channels() override {
    return {feed_->channel()};
  }

 private:
  std::chrono::milliseconds interval_ = std::chrono::seconds(1);
  std::unique_ptr<LiveFeed> feed_;  // after Open()
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Web>(); }

}  // namespace ntm::web
