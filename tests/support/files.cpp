#include <support/files.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <system_error>

namespace ferry::test {

std::string random_bytes(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 noise(seed);
    std::string bytes;
    bytes.reserve(count + 8);
    while (bytes.size() < count) {
        const auto eight = noise();
        for (int shift = 0; shift < 64; shift += 8)
            bytes.push_back(static_cast<char>(eight >> shift & 0xFF));
    }
    bytes.resize(count);
    return bytes;
}

std::string slurp(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
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
