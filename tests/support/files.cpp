#include <support/files.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace ferry::test {

std::string random_bytes(std::size_t count, std::uint64_t seed) {
    constexpr std::size_t at_once = sizeof(std::mt19937_64::result_type);
    std::mt19937_64 noise(seed);
    std::string bytes(count + at_once, '\0');
    for (std::size_t at = 0; at < count; at += at_once) {
        const auto some = noise();
        std::memcpy(bytes.data() + at, &some, at_once);
    }
    bytes.resize(count);
    return bytes;
}

std::string slurp(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::ostringstream all;
    all << in.rdbuf();
    return std::move(all).str();
}

void spill(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string difference(std::string_view got, std::string_view wanted) {
    if (got == wanted) return {};
    const auto common = std::min(got.size(), wanted.size());
    const auto [one, other] = std::mismatch(got.begin(), got.begin() + common, wanted.begin());
    return "differs at byte " + std::to_string(one - got.begin()) + ", got " +
           std::to_string(got.size()) + " bytes, wanted " + std::to_string(wanted.size());
}

temp_dir::temp_dir(const std::filesystem::path& where) {
    auto pattern = (where / "ferry-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::system_error(errno, std::generic_category(), pattern);
    path_ = pattern;
}

temp_dir::~temp_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path public_temp_folder() {
    const auto usual = std::filesystem::temp_directory_path();
    for (auto at = usual; at.has_relative_path(); at = at.parent_path())
        if ((status(at).permissions() & std::filesystem::perms::others_exec) ==
            std::filesystem::perms::none)
            return "/var/tmp";
    return usual;
}

}  // namespace ferry::test
