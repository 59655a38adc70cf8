package io.promptmonitor.flinksql;

import java.util.List;
import java.util.Optional;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;

/** The call of a function with columns. */
record Call(DataTypeFactory types, FunctionDefinition function, List<DataType> columns)
    implements CallContext {

  @Override
  public DataTypeFactory getDataTypeFactory() {
    return types;
  }

  @Override
  public FunctionDefinition getFunctionDefinition() {
    return function;
  }

  @Override
  public boolean isArgumentLiteral(int position) {
    return false;
  }

  @Override
  public boolean isArgumentNull(int position) {
    return false;
  }

  @Override
  public <T> Optional<T> getArgumentValue(int position, Class<T> type) {
    return Optional.empty();
  }

  @Override
  public String getName() {
    return "test";
  }

  @Override
  public List<DataType> getArgumentDataTypes() {
    return columns;
  }

  @Override
  public Optional<DataType> getOutputDataType() {
    return Optional.empty();
  }

  @Override
  public boolean isGroupedAggregation() {
    return true;
  }
}
