#include "predict_answers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"
#include "ntm/http/json.h"

namespace ntm::forecast {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kDefaultPacketSize = 1500;
constexpr double kDefaultPacketRate = 100;
constexpr int64_t kDefaultHorizonSeconds = 300;
constexpr size_t kMostInBatch = 1000;
constexpr size_t kLongestType = 64;
constexpr size_t kDefaultLimit = 100;
constexpr size_t kMostLimit = 1000;

// Valid JSON, but not a valid request.
class Unfit : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

double Rounded(double value, double places) {
  return std::round(value * places) / places;
}

std::optional<double> NumberOf(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) return std::nullopt;
  if (!found->is_number()) {
    throw Unfit(std::string(field) + " is not a number");
  }
  const double value = found->get<double>();
  if (!(value >= 0) || std::isinf(value)) {
    throw Unfit(std::string(field) + " is negative or not finite");
  }
  return value;
}

std::string TypeOf(const Json& json) {
  if (!json.is_object()) throw Unfit("the request is not a JSON object");
  const auto found = json.find("traffic_type");
  if (found == json.end()) throw Unfit("traffic_type is missing");
  if (!found->is_string()) throw Unfit("traffic_type is not a string");
  std::string type = found->get<std::string>();
  if (type.empty() || type.size() > kLongestType) {
    throw Unfit("traffic_type is empty or longer than 64 bytes");
  }
  return type;
}

std::string TimestampOf(const Json& json, int64_t now_ns) {
  const auto found = json.find("timestamp");
  if (found == json.end() || found->is_null()) return UtcText(now_ns);
  constexpr size_t kDateLength = 10;
  const auto is_time = [](const std::string& text) {
    if (text.size() < kDateLength) return false;
    for (size_t i = 0; i < kDateLength; ++i) {
      const bool dash = i == 4 || i == 7;
      if (dash ? text[i] != '-' : (text[i] < '0' || text[i] > '9')) {
        return false;
      }
    }
    return text.size() == kDateLength || text[kDateLength] == 'T' ||
           text[kDateLength] == ' ';
  };
  if (!found->is_string() || !is_time(found->get<std::string>())) {
    throw Unfit("timestamp is not a time such as 2026-01-31T09:00:00Z");
  }
  return found->get<std::string>();
}

int64_t HorizonOf(const Json& json, const ForecastBook& book) {
  const auto asked = NumberOf(json, "horizon_seconds");
  const auto known = LiveHorizonSeconds(book.options().bin_seconds);
  if (!asked) {
    return std::max(kDefaultHorizonSeconds, book.options().bin_seconds);
  }
  for (const int64_t seconds : known) {
    if (static_cast<double>(seconds) == *asked) return seconds;
  }
  throw Unfit("horizon_seconds is not one of the forecast horizons");
}

// One validated request.
struct Asked {
  TrafficNow now;
  std::string timestamp;
  int64_t horizon_seconds = 0;
  double shown_rate = 0;
  double shown_size = 0;
};

Asked ToAsked(const Json& json, const ForecastBook& book, int64_t now_ns) {
  Asked asked;
  asked.now.traffic_type = TypeOf(json);
  NumberOf(json, "packet_count");
  NumberOf(json, "byte_count");
  asked.now.packet_size = NumberOf(json, "average_packet_size");
  asked.now.packet_rate = NumberOf(json, "packet_rate");
  asked.now.throughput_mbps = NumberOf(json, "current_throughput").value_or(0);
  asked.shown_size = asked.now.packet_size.value_or(kDefaultPacketSize);
  asked.shown_rate = asked.now.packet_rate.value_or(kDefaultPacketRate);
  if (asked.now.packet_rate && !asked.now.packet_size) {
    asked.now.packet_size = kDefaultPacketSize;
  }
  asked.timestamp = TimestampOf(json, now_ns);
  asked.horizon_seconds = HorizonOf(json, book);
  return asked;
}

Prediction Predict(const Asked& asked, int64_t now_ns, ForecastBook* book,
                   RequestHistory* history) {
  const TrafficForecast said = history->Forecast(asked.now);
  const std::string& type = asked.now.traffic_type;
  const std::string traffic_class = type == "all" ? "" : type;
  Prediction made;
  if (const auto live = book->Ask(traffic_class, asked.horizon_seconds)) {
    made = *live;
  } else {
    made.name = {kTotalInterface, "", traffic_class};
    made.horizon_seconds = asked.horizon_seconds;
    made.predicted_mbps = said.mbps;
    made.lower_mbps = said.lower_mbps;
    made.upper_mbps = made.required_mbps = said.upper_mbps;
    made.confidence = said.confidence;
    made.model_type = said.model_type;
    made.slot = now_ns / kNsPerSecond / book->options().bin_seconds - 1;
  }
  made.time_ns = now_ns;
  made.traffic_type = type;
  book->Remember(made);
  return made;
}

Json ToJson(const Asked& asked, const Prediction& made) {
  constexpr double kPlaces = 1e4;
  return {{"traffic_type", made.traffic_type},
          {"predicted_bandwidth_mbps", Rounded(made.predicted_mbps, kPlaces)},
          {"confidence", Rounded(made.confidence, 10)},
          {"current_throughput_mbps", asked.now.throughput_mbps},
          {"packet_rate", asked.shown_rate},
          {"average_packet_size", asked.shown_size},
          {"timestamp", asked.timestamp},
          {"model_type", made.model_type},
          {"horizon_seconds", made.horizon_seconds},
          {"lower_bandwidth_mbps", Rounded(made.lower_mbps, kPlaces)},
          {"upper_bandwidth_mbps", Rounded(made.upper_mbps, kPlaces)},
          {"required_bandwidth_mbps", Rounded(made.required_mbps, kPlaces)}};
}

Json Parsed(const std::string& body) {
  Json json = ParseJson(body);
  if (json.is_discarded()) throw std::domain_error("the body is not JSON");
  return json;
}

template <typename Answer>
HttpResponse Guarded(Answer answer) {
  try {
    return JsonAnswer(200, answer());
  } catch (const Unfit& error) {
    return JsonError(422, error.what());
  } catch (const std::domain_error& error) {
    return JsonError(400, error.what());
  }
}

Json Number(const std::optional<double>& value) {
  if (!value) return nullptr;
  return *value;
}

size_t LimitOf(const HttpRequest& request) {
  const auto asked = request.Parameter("limit");
  if (!asked) return kDefaultLimit;
  const auto limit = ParseWholeNumber(*asked, 1, kMostLimit);
  if (!limit) {
    throw std::domain_error("limit is not a whole number from 1 to 1000");
  }
  return static_cast<size_t>(*limit);
}

}  // namespace

HttpResponse AnswerPredict(const HttpRequest& request, ForecastBook* book,
                           RequestHistory* history) {
  return Guarded([&] {
    const int64_t now_ns = WallTimeNs();
    const Asked asked = ToAsked(Parsed(request.body), *book, now_ns);
    return ToJson(asked, Predict(asked, now_ns, book, history));
  });
}

HttpResponse AnswerBatch(const HttpRequest& request, ForecastBook* book,
                         RequestHistory* history) {
  return Guarded([&] {
    const int64_t now_ns = WallTimeNs();
    const Json json = Parsed(request.body);
    if (!json.is_array()) throw Unfit("the batch is not a list of requests");
    if (json.size() > kMostInBatch)
      throw Unfit("the batch has more than 1000 requests");
    std::vector<Asked> all;
    for (const Json& one : json) all.push_back(ToAsked(one, *book, now_ns));
    Json answers = Json::array();
    for (const Asked& asked : all) {
      answers.push_back(ToJson(asked, Predict(asked, now_ns, book, history)));
    }
    return answers;
  });
}

HttpResponse AnswerPredictions(const HttpRequest& request,
                               const ForecastBook& book) {
  return Guarded([&] {
    Json list = Json::array();
    for (const Prediction& made : book.Newest(
             request.Parameter("type").value_or(""), LimitOf(request))) {
      list.push_back({{"id", made.id},
                      {"timestamp", UtcText(made.time_ns)},
                      {"trafficType", made.traffic_type},
                      {"interface", made.name.interface},
                      {"direction", made.name.direction},
                      {"horizonSeconds", made.horizon_seconds},
                      {"modelType", made.model_type},
                      {"predictedBandwidth", made.predicted_mbps},
                      {"lowerBandwidth", made.lower_mbps},
                      {"upperBandwidth", made.upper_mbps},
                      {"requiredBandwidth", made.required_mbps},
                      {"confidence", made.confidence},
                      {"actualBandwidth", Number(made.actual_mbps)},
                      {"error", Number(made.error_mbps())}});
    }
    return Json{{"predictions", std::move(list)}};
  });
}

}  // namespace ntm::forecast
