#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "modules/packet_log/csv_file.h"
#include "modules/packet_log/log_api.h"
#include "modules/packet_log/log_tables.h"
#include "ntm/base/database.h"
#include "ntm/base/error.h"

namespace ntm::packet_log {
namespace {

constexpr char kHeader[] =
    "timestamp,source_ip,destination_ip,source_port,destination_port,protocol,"
    "traffic_type,packet_size,priority\n";
constexpr char kLine[] =
    "2023-11-14T22:13:20.000001Z,10.0.0.1,2001:db8::1,40000,5060,udp,voice,"
    "1514,3\n";

LogRow Row() {
  LogRow row;
  row.record.time_ns = 1'700'000'000'000'001'000;
  row.record.src = *ParseAddress("10.0.0.1");
  row.record.dst = *ParseAddress("2001:db8::1");
  row.record.src_port = 40000;
  row.record.dst_port = 5060;
  row.record.has_ports = true;
  row.record.protocol = kProtocolUdp;
  row.record.wire_bytes = 1514;
  row.record.traffic_class = kClassVoice;
  row.throughput_mbps = 2.5;
  row.priority = 3;
  return row;
}

std::shared_ptr<PacketLog> Log() {
  auto log = std::make_shared<PacketLog>(1);
  log->Begin(1, {"", "other", "video", "voice", "file", "background"}, nullptr);
  return log;
}

class LogFilesTest : public testing::Test {
 protected:
  LogFilesTest() {
    std::string pattern = testing::TempDir() + "ntm-log-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/packets.csv";
  }
  ~LogFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string Content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  void Append() {
    CsvFile file(path_);
    file.Add(Row(), "voice");
    EXPECT_EQ(file.Flush(), 0U);
  }

  std::string folder_;
  std::string path_;
};

TEST_F(LogFilesTest, WritesTheHeaderOnceAndAppends) {
  const mode_t before = umask(0);
  Append();
  umask(before);
  EXPECT_EQ(Content(path_), std::string(kHeader) + kLine);
  struct stat status = {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
  Append();
  EXPECT_EQ(Content(path_), std::string(kHeader) + kLine + kLine);
}

TEST_F(LogFilesTest, LeavesOtherFilesUnchanged) {
  std::ofstream(path_) << "dear diary,\n";
  EXPECT_THROW(CsvFile{path_}, Error);
  EXPECT_EQ(Content(path_), "dear diary,\n");
  EXPECT_THROW(CsvFile{folder_ + "/no/such/folder"}, Error);
}

TEST_F(LogFilesTest, LeavesMissingPortsEmpty) {
  LogRow row = Row();
  row.record.has_ports = false;
  row.record.dst = Address();
  {
    CsvFile file(path_);
    file.Add(row, "");
  }
  EXPECT_THAT(Content(path_), testing::EndsWith("Z,10.0.0.1,,,,udp,,1514,3\n"));
}

TEST_F(LogFilesTest, CreatesANewFileAfterARename) {
  Append();
  std::filesystem::rename(path_, path_ + ".1");
  Append();
  EXPECT_EQ(Content(path_), std::string(kHeader) + kLine);
  CsvFile file(path_);
  std::filesystem::rename(path_, path_ + ".2");
  file.Add(Row(), "voice");
  file.Flush();  // the first look
  EXPECT_EQ(Content(path_), std::string(kHeader) + kLine);
}

TEST_F(LogFilesTest, CountsTheLinesThatCannotBeWritten) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  CsvFile file("/dev/full");
  file.Add(Row(), "voice");
  file.Add(Row(), "voice");
  EXPECT_EQ(file.Flush(), 2U);
}

TEST_F(LogFilesTest, RestoresTheRowsOfTheDatabase) {
  Database database(folder_ + "/history.db", OpenMode::kWrite);
  LogRows rows(3);
  LogTables tables(&rows, Log(), 3);
  for (const std::string& sql : tables.Migrations()) database.Execute(sql);
  LogRow arp = Row();
  arp.record.src =
      Address::Mac(std::array<uint8_t, 6>{2, 0, 0, 9, 0, 255}.data());
  arp.record.has_ports = false;
  rows.Add({Row(), arp});
  tables.Save(database);
  tables.OnSaved();
  EXPECT_TRUE(rows.ToKeep().rows.empty());

  LogRows loaded(3);
  LogTables other(&loaded, Log(), 3);
  other.Load(database);
  const auto page = loaded.Page(kNoClass, 0, 0, 10);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(ToString(page[0].record.src), "02:00:00:09:00:ff");
  EXPECT_FALSE(page[0].record.has_ports);
  EXPECT_EQ(page[1].record.dst, Row().record.dst);
  EXPECT_EQ(page[1].record.src_port, 40000);
  EXPECT_EQ(page[1].record.protocol, kProtocolUdp);
  EXPECT_EQ(page[1].record.traffic_class, kClassVoice);
  EXPECT_DOUBLE_EQ(page[1].throughput_mbps, 2.5);
  EXPECT_EQ(page[1].priority, 3);

  // The table has the same bound as the memory.
  for (int i = 0; i < 5; ++i) rows.Add({Row()});
  tables.Save(database);
  Statement count(database, "SELECT COUNT(*) FROM traffic_logs");
  ASSERT_TRUE(count.Step());
  EXPECT_EQ(count.Integer(0), 3);
}

TEST_F(LogFilesTest, AnswersAsJson) {
  LogRows rows(10);
  rows.Add({Row()});
  const auto log = Log();
  const auto json = nlohmann::json::parse(ListLogs(rows, *log, {}).body);
  EXPECT_EQ(json["sample"], "1/1");
  ASSERT_EQ(json["logs"].size(), 1U);
  const auto& row = json["logs"][0];
  EXPECT_EQ(row["timestamp"], "2023-11-14T22:13:20.000001Z");
  EXPECT_EQ(row["sourceIp"], "10.0.0.1");
  EXPECT_EQ(row["destinationPort"], 5060);
  EXPECT_EQ(row["protocol"], "udp");
  EXPECT_EQ(row["trafficType"], "voice");
  EXPECT_EQ(row["packetSize"], 1514);
  EXPECT_EQ(row["throughput"], 2.5);
  EXPECT_EQ(row["priority"], 3);
  for (const auto& [name, value] :
       {std::pair("limit", "0"), std::pair("limit", "1001"),
        std::pair("offset", "-1"), std::pair("type", "sound"),
        std::pair("before", "x")}) {
    HttpRequest request;
    request.query[name] = value;
    EXPECT_EQ(ListLogs(rows, *log, request).status, 400) << name;
  }
}

}  // namespace
}  // namespace ntm::packet_log
