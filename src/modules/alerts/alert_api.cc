#include "alert_api.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"
#include "ntm/http/json.h"

namespace ntm::alerts {
namespace {

using nlohmann::ordered_json;

constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;
constexpr int64_t kDefaultLimit = 50;

ordered_json JsonOf(const Notice& notice) {
  const Alert& alert = notice.alert;
  return {{"id", alert.id},
          {"alert", alert.name},
          {"severity", alert.severity},
          {"title", TitleOf(notice)},
          {"message", alert.message},
          {"subject", alert.subject},
          {"subjectKind", notice.subject_kind},
          {"relatedFlowId", nullptr},
          {"resolved", !notice.is_open()},
          {"createdAt", UtcText(alert.began_ns)},
          {"resolvedAt", notice.is_open()
                             ? ordered_json(nullptr)
                             : ordered_json(UtcText(notice.ended_ns))}};
}

}  // namespace

HttpResponse ListAlerts(const AlertBook& book, const HttpRequest& request) {
  bool open_only = true;
  int64_t limit = kDefaultLimit;
  if (const auto found = request.query.find("unresolved");
      found != request.query.end()) {
    if (found->second != "true" && found->second != "false") {
      return JsonError(kBadRequest, "unresolved: '" + found->second +
                                        "' is neither true nor false");
    }
    open_only = found->second == "true";
  }
  if (const auto found = request.query.find("limit");
      found != request.query.end()) {
    const auto given = ParseWholeNumber(found->second, 1, AlertBook::kKept);
    if (!given) {
      return JsonError(kBadRequest, "limit: '" + found->second +
                                        "' is not a number from 1 to 1000");
    }
    limit = *given;
  }
  ordered_json list = ordered_json::array();
  for (const Notice& notice :
       book.Newest(open_only, static_cast<size_t>(limit))) {
    list.push_back(JsonOf(notice));
  }
  return JsonAnswer(200, {{"alerts", list}});
}

HttpResponse ResolveAlert(AlertBook* book, const HttpRequest& request,
                          int64_t time_ns,
                          const std::function<void(const Notice&)>& tell) {
  const auto id = ParseWholeNumber(request.segment, 0, INT64_MAX);
  if (!id) {
    return JsonError(kBadRequest,
                     "'" + request.segment + "' is not the id of an alert");
  }
  const auto ended = book->Resolve(*id, time_ns);
  if (ended) {
    tell(*ended);
    return JsonAnswer(200, JsonOf(*ended));
  }
  for (const Notice& notice : book->Newest(false, AlertBook::kKept)) {
    // Already ended: the request has nothing to do.
    if (notice.alert.id == *id) return JsonAnswer(200, JsonOf(notice));
  }
  return JsonError(kNotFound, "no alert has the id " + request.segment);
}

}  // namespace ntm::alerts
