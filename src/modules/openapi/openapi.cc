// Serves the API description: GET /api/openapi.json for programs, /api/docs for
// people.

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "docs_page.h"
#include "document.h"
#include "ntm/http/json.h"
#include "ntm/module/module.h"

namespace ntm::openapi {
namespace {

HttpResponse Page(const std::string& page) {
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'");
  response.body = page;
  return response;
}

HttpResponse Redirect(const std::string& to) {
  HttpResponse response;
  response.status = 308;
  response.headers.emplace_back("Location", to);
  return response;
}

class OpenApi final : public Module {
 public:
  std::string_view name() const noexcept override { return "openapi"; }

  void Open() override {
    const auto document = Document(Parts());
    json_ = WriteJson(document, 2) + "\n";
    page_ = DocsPage(document);
  }

  std::vector<Route> Routes() override {
    return {{"GET", "/api/docs", "documentation of the JSON API",
             [this](const HttpRequest&) { return Page(page_); }},
            {"GET", "/api/openapi.json", "the JSON API, as OpenAPI 3.1",
             [this](const HttpRequest&) {
               HttpResponse response;
               response.content_type = "application/json";
               response.body = json_;
               return response;
             }},
            {"GET", "/api/redoc", "",
             [](const HttpRequest&) { return Redirect("/api/docs"); }}};
  }

 private:
  // Constant after Open().
  std::string json_;
  std::string page_;
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<OpenApi>(); }

}  // namespace ntm::openapi
