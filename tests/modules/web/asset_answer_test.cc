#include "modules/web/asset_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "modules/web/assets.h"

namespace ntm::web {
namespace {

std::string EncodingFor(const std::string& accepted) {
  HttpRequest request;
  request.headers["accept-encoding"] = accepted;
  for (const auto& [name, value] :
       AnswerAsset(Assets().front(), request).headers) {
    if (name == "Content-Encoding") return value;
  }
  return "";
}

TEST(AssetAnswerTest, SendsGzipIfAccepted) {
  for (const char* accepted : {"gzip", "gzip, deflate, br", "gzip;q=0.5",
                               "deflate, GZIP ; q=0.001", "*"}) {
    EXPECT_EQ(EncodingFor(accepted), "gzip") << accepted;
  }
}

TEST(AssetAnswerTest, SendsPlainIfGzipIsRefused) {
  for (const char* accepted :
       {"", "br", "gzip;q=0", "gzip; q=0.000", "identity, gzip;q=0.5"}) {
    EXPECT_EQ(EncodingFor(accepted), "identity") << accepted;
  }
}

}  // namespace
}  // namespace ntm::web
