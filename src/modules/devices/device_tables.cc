#include "device_tables.h"

#include <sstream>

namespace ntm::devices {
namespace {

constexpr char kTables[] = R"(
CREATE TABLE devices (
  id TEXT NOT NULL PRIMARY KEY,
  mac TEXT NOT NULL,
  name TEXT NOT NULL,
  addresses TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  is_new INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE devices_began (timestamp INTEGER NOT NULL);
)";

std::string AddressTexts(const Device& device) {
  std::string texts;
  for (const Address& address : device.addresses) {
    if (!texts.empty()) texts += ' ';
    texts += ToString(address);
  }
  return texts;
}

std::vector<Address> ParseAddresses(const std::string& texts) {
  std::vector<Address> addresses;
  std::istringstream words(texts);
  std::string word;
  while (words >> word && addresses.size() < DeviceBook::kMostAddresses) {
    if (const auto address = ParseAddress(word)) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

std::vector<std::string> DeviceMigrations() { return {kTables}; }

std::vector<Device> ReadDevices(Database* database) {
  Statement read(*database,
                 "SELECT id, mac, name, addresses, first_seen, last_seen, "
                 "is_new FROM devices ORDER BY last_seen DESC LIMIT ?");
  read.Bind(static_cast<int64_t>(DeviceBook::kMostDevices));
  std::vector<Device> devices;
  while (read.Step()) {
    devices.push_back({read.Text(0), read.Text(1), read.Text(2),
                       ParseAddresses(read.Text(3)), read.Integer(4),
                       read.Integer(5), read.Integer(6) != 0});
  }
  return devices;
}

std::optional<int64_t> ReadBegan(Database* database) {
  Statement read(*database, "SELECT min(timestamp) FROM devices_began");
  if (!read.Step() || read.IsNull(0)) return std::nullopt;
  return read.Integer(0);
}

void WriteChanges(const DeviceChanges& changes, Database* database) {
  if (changes.is_whole) database->Execute("DELETE FROM devices");
  if (!changes.removed.empty()) {
    Statement remove(*database, "DELETE FROM devices WHERE id = ?");
    for (const std::string& id : changes.removed) remove.Run(id);
  }
  if (changes.began_s != 0) {
    database->Execute("DELETE FROM devices_began");
    Statement(*database, "INSERT INTO devices_began VALUES (?)")
        .Run(changes.began_s);
  }
  if (changes.devices.empty()) return;
  Statement insert(*database,
                   "INSERT OR REPLACE INTO devices (id, mac, name, addresses, "
                   "first_seen, last_seen, is_new) VALUES (?, ?, ?, ?, ?, ?, "
                   "?)");
  for (const Device& device : changes.devices) {
    insert.Run(device.id, device.mac, device.name, AddressTexts(device),
               device.first_seen_s, device.last_seen_s, int64_t{device.is_new});
  }
}

}  // namespace ntm::devices
